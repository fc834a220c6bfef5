/** Sections and their keys in lower case, or the number of the first line that cannot be read. */
export type Ini = { sections: Map<string, Map<string, string>> } | { badLine: number }

/**
 * Reads what Python's `configparser.ConfigParser` writes, as strictly as it does: `key = value` within `[section]`,
 * whole-line comments, indented lines that go on with the value before, `%%` for a percent sign, nothing twice.
 */
export function parseIni(text: string): Ini {
  const sections = new Map<string, Map<string, string>>()
  let section: Map<string, string> | undefined
  let key: string | undefined
  let number = 0
  for (const line of text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)) {
    number++
    const content = line.trim()
    if (content === '' || /^[#;]/.test(content)) continue
    if (/^\s/.test(line) && section !== undefined && key !== undefined) {
      section.set(key, `${section.get(key)}\n${content.replaceAll('%%', '%')}`)
      continue
    }
    const name = /^\[(.+)\]/.exec(content)?.[1]
    if (name !== undefined) {
      if (sections.has(name)) return { badLine: number }
      section = new Map()
      key = undefined
      sections.set(name, section)
      continue
    }
    const at = content.search(/[=:]/)
    key = content.slice(0, at).trimEnd().toLowerCase()
    if (at < 1 || section === undefined || section.has(key)) return { badLine: number }
    section.set(
      key,
      content
        .slice(at + 1)
        .trim()
        .replaceAll('%%', '%'),
    )
  }
  // Its values stand in for those that a section lacks; it is none itself.
  sections.delete('DEFAULT')
  return { sections }
}

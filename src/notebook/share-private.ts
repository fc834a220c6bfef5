/** What points at a person, a customer or a machine. */
export type PrivateKind =
  | 'e-mail address'
  | 'host name'
  | 'machine path'
  | 'tenant id'
  | 'user code'
  | 'device code'

/** Where a text says something that a shared notebook should not. */
export interface PrivateFinding {
  start: number
  end: number
  kind: PrivateKind
  /** The name, address or id itself. */
  value: string
}

/** RFC 2606 and 6761: nobody lives there. */
const nobodysDomain = /(?:^|\.)(?:example(?:\.(?:com|org|net))?|test|invalid|localhost)$/i
/** Accounts that images and services have, of nobody. */
const nobodysFolder = /^(?:jovyan|runner|user|username|you|me|vscode|node|ubuntu|Public|Shared)$/i
const longestName = 64
const longestDomain = 253

/** All of them in a text, in order. Each search begins at a fixed word or sign, so that it stays linear. */
export function findPrivate(text: string): PrivateFinding[] {
  return [...addresses(text), ...hosts(text), ...labelled(text), ...paths(text)].sort(
    (a, b) => a.start - b.start,
  )
}

function* addresses(text: string): Generator<PrivateFinding> {
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const [name = ''] = /[\w.+-]+$/.exec(text.slice(Math.max(0, at - longestName), at)) ?? []
    const [domain = ''] =
      /^[a-z\d-]+(?:\.[a-z\d-]+)*\.[a-z]{2,24}\b/i.exec(text.slice(at + 1, at + longestDomain)) ?? []
    if (name === '' || domain === '' || nobodysDomain.test(domain)) continue
    yield finding('e-mail address', at - name.length, `${name}@${domain}`)
  }
}

function* hosts(text: string): Generator<PrivateFinding> {
  for (const { index, 0: suffix } of text.matchAll(
    /\.(?:local|lan|corp|internal|intranet|intra)\b(?![\w(-]|\.[a-z])/gi,
  )) {
    const before = text.slice(Math.max(0, index - longestDomain), index)
    const [name = ''] = /[a-z\d](?:[a-z\d.-]*[a-z\d])?$/i.exec(before) ?? []
    // `this.internal`, `options.local`: a name in code has no hyphen, digit or further dot.
    if (name === '' || !/[-.\d]/.test(name) || /@$/.test(before.slice(0, before.length - name.length)))
      continue
    yield finding('host name', index - name.length, name + suffix)
  }
  for (const { index, 0: name } of text.matchAll(/\b(?:DESKTOP|LAPTOP|WIN)-[A-Z\d]{5,12}\b/g))
    yield finding('host name', index, name)
  const named =
    /\b(?:hostname|host_name|computer_?name|sensor_host)["']?\s{0,3}[:=]\s{0,3}["']?([a-z\d][\w.-]{2,100})/dgi
  for (const { indices, 1: name = '' } of text.matchAll(named)) {
    const [start] = indices?.[1] ?? [0]
    if (/[\d-]/.test(name) && !nobodysDomain.test(name))
      yield finding('host name', start, name.replace(/[.-]+$/, ''))
  }
}

function* labelled(text: string): Generator<PrivateFinding> {
  const uuid = '[\\da-f]{8}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{12}'
  const rules: [PrivateKind, RegExp][] = [
    [
      'tenant id',
      new RegExp(
        `\\btenant(?:s|_?ids?|[ -]ids?|-context)?\\\\?["']?\\s{0,3}[:=(]\\s{0,3}\\[?\\s{0,3}\\\\?["'\`]?(\\d{4,12}\\b|${uuid})`,
        'dgi',
      ),
    ],
    ['device code', /\bdevice_code\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?([\w.~+/-]{16,})/dgi],
    [
      'user code',
      /\b(?:user_code\\?["']?\s{0,3}[:=]|shows the code|enter the code)\s{0,3}\\?["']?([A-Z\d]{3,5}-?[A-Z\d]{3,5})\b/dg,
    ],
  ]
  for (const [kind, rule] of rules) {
    for (const { indices, 1: value = '' } of text.matchAll(rule))
      yield finding(kind, indices?.[1]?.[0] ?? 0, value)
  }
}

function* paths(text: string): Generator<PrivateFinding> {
  // Backslashes are doubled in code and in JSON.
  const home = /(?:\/home\/|\/Users\/|\b[A-Za-z]:\\{1,4}Users\\{1,4})([\w.-]{1,64})/g
  for (const { index, 0: path, 1: person = '' } of text.matchAll(home)) {
    if (!nobodysFolder.test(person)) yield finding('machine path', index, path)
  }
}

function finding(kind: PrivateKind, start: number, value: string): PrivateFinding {
  return { start, end: start + value.length, kind, value }
}

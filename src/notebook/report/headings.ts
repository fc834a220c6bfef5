/** A line of a report's table of contents. */
export interface Heading {
  level: number
  text: string
  id: string
}

/** The headings of a report, in order, each with an id that no other has. */
export class Headings {
  readonly list: Heading[] = []
  readonly #used = new Map<string, number>()

  /** @returns its id, as GitHub and Jupyter make them: `alerts-of-the-last-day` */
  add(level: number, text: string): string {
    const slug =
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s+/g, '-') || 'section'
    const count = this.#used.get(slug) ?? 0
    this.#used.set(slug, count + 1)
    const id = count === 0 ? slug : `${slug}-${count}`
    if (count > 0) this.#used.set(id, 1)
    if (text !== '') this.list.push({ level, text, id })
    return id
  }
}

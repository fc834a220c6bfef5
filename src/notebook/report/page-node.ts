/** What is used of a parsed page; the types of browsers are not known here. */
export interface PageNode {
  readonly localName: string
  readonly childNodes: Iterable<PageNode>
  /** 1 for an element, 3 for text. */
  readonly nodeType: number
  readonly textContent: string | null
  getAttribute(name: string): string | null
  getAttributeNames(): string[]
}

/** An element of a drawing, as a page has it. */
export interface DrawingNode {
  name: string
  attributes: Readonly<Record<string, string>>
  /** Elements and texts, in order. */
  children: (DrawingNode | string)[]
}

/** Puts a drawing together from its elements as they come. */
export class DrawingReader {
  readonly drawing: DrawingNode
  /** All words in it. */
  text = ''
  /** Those whose end has not come, the innermost last. */
  readonly #open: DrawingNode[]

  /** The drawing begins with these, and they are open. */
  constructor(name: string, attributes: Readonly<Record<string, string>>) {
    this.drawing = { name, attributes, children: [] }
    this.#open = [this.drawing]
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    const node: DrawingNode = { name, attributes, children: [] }
    this.#open.at(-1)?.children.push(node)
    if (this.#open.length > 0) this.#open.push(node)
  }

  words(text: string): void {
    const inner = this.#open.at(-1)
    if (inner === undefined) return
    inner.children.push(text)
    this.text += text
  }

  /** @returns whether the drawing goes on */
  close(): boolean {
    this.#open.pop()
    return this.#open.length > 0
  }
}

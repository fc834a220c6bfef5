/** Where the kernel and a module script of Node are known to differ, and why that is right. */
export interface Differing {
  cells: readonly string[]
  /** What the kernel gives. */
  kernel: string
  /** What Node gives. */
  node: string
  because: string
}

/**
 * Cells by name: one, several that follow each other, or several whose outcome is known to differ. An outcome is what
 * is printed (`! ` before what goes to stderr), `⇒ ` and the value of each cell that has one, `✗ ` and the error.
 */
export type Corpus = Readonly<Record<string, string | readonly string[] | Differing>>

/** A case of the corpus with its name. */
export interface Case extends Partial<Omit<Differing, 'cells'>> {
  name: string
  cells: readonly string[]
}

/** All cases of a corpus, in one shape. `§` stands for `$`, whose `${` in a plain string reads like a slip. */
export function casesOf(corpus: Corpus): Case[] {
  return Object.entries(corpus).map(([name, given]) => {
    const differing = typeof given !== 'string' && 'cells' in given ? given : undefined
    const cells = typeof given === 'string' ? [given] : (differing?.cells ?? (given as readonly string[]))
    return { name, ...differing, cells: cells.map((cell) => cell.replaceAll('§', '$')) }
  })
}

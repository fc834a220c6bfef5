import type { CellContext } from '../../kernel/language/answers.js'

/** A cell written with a `¦` where the cursor is, and the cells before it. */
export function cellAt(marked: string, ...earlier: string[]): { cell: CellContext; cursor: number } {
  const cursor = marked.indexOf('¦')
  if (cursor < 0) throw new TypeError('the cell has no ¦')
  return { cell: { code: marked.replace('¦', ''), earlier }, cursor }
}

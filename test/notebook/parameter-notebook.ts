import { expect } from 'vitest'
import { XdrError } from '../../src/errors.js'
import { type Cell, type Notebook, parseNotebook, sourceOf } from '../../src/notebook/notebook-file.js'
import { type GivenValues, withParameters } from '../../src/notebook/parameters.js'

/** A notebook whose second cell, tagged `parameters`, has this text. */
export function notebookWith(
  source: string,
  { minor = 5, first = '1', last = '2', tags = ['parameters'] } = {},
): Notebook {
  const cell = (text: string, id: string, metadata = {}) => ({
    cell_type: 'code',
    ...(minor < 5 ? {} : { id }),
    metadata,
    execution_count: null,
    outputs: [],
    source: text,
  })
  const cells = [cell(first, 'first'), cell(source, 'declared', { tags }), cell(last, 'last')]
  const metadata = {
    kernelspec: { name: 'xdrlab', display_name: 'TypeScript (xdrlab)', language: 'typescript' },
  }
  return parseNotebook(JSON.stringify({ nbformat: 4, nbformat_minor: minor, metadata, cells }), 'n.ipynb')
}

/** `name=text` as `-p` has it, `!name=text` as `-r` has it. */
export function textsOf(written: readonly string[]): GivenValues {
  const texts = new Map<string, { text: string; isRaw: boolean }[]>()
  for (const each of written) {
    const isRaw = each.startsWith('!')
    const [name = '', ...rest] = each.slice(isRaw ? 1 : 0).split('=')
    texts.set(name, [...(texts.get(name) ?? []), { text: rest.join('='), isRaw }])
  }
  return { texts, values: new Map() }
}

export function valuesOf(values: object): GivenValues {
  return { texts: new Map(), values: new Map(Object.entries(values)) }
}

export const injectedCells = ({ cells }: Notebook): Cell[] =>
  cells.filter(({ metadata }) => JSON.stringify(metadata.tags) === '["injected-parameters"]')

/** The lines of the injected cell, without its first, which is a comment. */
export function injectedLines(source: string, given: GivenValues): string[] {
  const [cell, ...more] = injectedCells(withParameters(notebookWith(source), given, 'n.ipynb'))
  if (cell === undefined) return []
  expect(more).toEqual([])
  const [title, ...lines] = sourceOf(cell).split('\n')
  expect(title).toBe('// Parameters')
  return lines
}

/** What is told about wrong values. */
export function refusalOf(source: string, given: GivenValues): { message: string; hint: string } {
  try {
    withParameters(notebookWith(source), given, 'n.ipynb')
  } catch (error) {
    if (error instanceof XdrError && error.code === 'XDR_BAD_OPTION') return error
    throw error
  }
  throw new Error('nothing was refused')
}

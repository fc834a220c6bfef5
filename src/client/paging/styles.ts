import { XdrError } from '../../errors.js'
import type { PagedField, PagingStyleName } from '../../providers/paged-field.js'
import { plain } from '../../text.js'

/** A cursor or token, by path, the argument that takes it, and what says whether there is more. */
export interface NextPage {
  cursor: string
  position: string
  more?: string
}

/** What a style's arguments and fields are usually called, and how far ahead of the reader its pages are asked for. */
export interface PagingStyle {
  /** Arguments that say where a page begins; the first is taken where the document has none of them. */
  position: readonly string[]
  /** Arguments that say how many rows a page has. */
  size: readonly string[]
  /** Where a page says which comes next: what belongs together, the usual first. */
  next: readonly NextPage[]
  /** Pages on their way or waiting while one is used. */
  ahead: number
}

/** The styles that documents are held against, in this order: the first that fits is taken. */
const styles = {
  // Its two queries cannot be guessed: a platform names them.
  parts: { position: [], size: [], next: [], ahead: 8 },
  cursor: {
    position: ['after', 'afterCursor', 'cursor'],
    size: ['first', 'count', 'limit', 'pageSize'],
    next: [
      { cursor: 'pageInfo.endCursor', position: 'after', more: 'pageInfo.hasNextPage' },
      { cursor: 'cursorPos', position: 'afterCursor', more: 'hasMore' },
      { cursor: 'endCursor', position: 'after', more: 'hasNextPage' },
      { cursor: 'nextCursor', position: 'cursor' },
    ],
    ahead: 2,
  },
  token: {
    position: ['nextToken', 'pageToken', 'next'],
    size: ['pageSize', 'limit', 'maxResults', 'first'],
    next: [
      { cursor: 'nextToken', position: 'nextToken' },
      { cursor: 'nextPageToken', position: 'pageToken' },
      { cursor: 'next', position: 'next' },
    ],
    ahead: 2,
  },
  page: {
    position: ['page', 'pageNumber'],
    size: ['perPage', 'pageSize', 'count', 'limit'],
    next: [],
    ahead: 4,
  },
  offset: {
    position: ['offset', 'skip', 'from', 'start'],
    size: ['limit', 'size', 'take', 'count'],
    next: [],
    ahead: 4,
  },
  once: { position: [], size: [], next: [], ahead: 1 },
} as const satisfies Readonly<Record<PagingStyleName, PagingStyle>>

export const pagingStyles: Readonly<Record<PagingStyleName, PagingStyle>> = styles

/** Arguments that usually say which page is meant. */
export type PageArgument = (typeof styles)[PagingStyleName]['position' | 'size'][number]

/** Fields that usually hold the number of all rows. */
export const totalNames: readonly string[] = [
  'totalCount',
  'total_results',
  'totalResults',
  'total_count',
  'total',
]

/** Names that lists of rows usually have, where an answer holds several. */
const lists = ['list', 'nodes', 'edges', 'items', 'results', 'rows', 'data'] as const

export const listNames: readonly string[] = lists

export type ListName = (typeof lists)[number]

/** Rows a page, where neither person nor platform says. */
export const usualPageSize = 100

/** @throws XdrError `XDR_BAD_OPTION` with the name that was probably meant */
export function checkStyle(name: unknown): asserts name is PagingStyleName | undefined {
  if (name === undefined || (typeof name === 'string' && Object.hasOwn(pagingStyles, name))) return
  const names = Object.keys(pagingStyles)
  const written = String(name).toLowerCase()
  const near = names
    .map((each) => ({ each, steps: editSteps(written, each) }))
    .sort((a, b) => a.steps - b.steps)[0]
  const meant = near !== undefined && near.steps <= 3 ? `did you mean "${near.each}"? ` : ''
  throw new XdrError('XDR_BAD_OPTION', `"${plain(name, 40)}" is no paging style`, {
    hint: `${meant}the styles are ${names.join(', ')}; most documents need none named`,
  })
}

/** The arguments of a field that no platform describes, in a style. */
export function usualField(style: PagingStyleName): PagedField {
  const { position, size } = pagingStyles[style]
  return {
    style,
    list: '',
    ...(position[0] === undefined ? {} : { position: position[0] }),
    ...(size[0] === undefined ? {} : { size: size[0] }),
  }
}

/** Letters to change, add or take away to get from one word to another (Levenshtein). */
function editSteps(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}

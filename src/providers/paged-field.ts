/**
 * Ways to give a long list in pages: by `offset` and limit, by the number of a `page`, by a `cursor` (Relay's
 * connections, `afterCursor`), by a `token` for what comes next, as `parts` of a search that the server keeps; `once`
 * is a list that comes whole.
 */
export type PagingStyleName = 'offset' | 'page' | 'cursor' | 'token' | 'parts' | 'once'

/** The further parts of a search, by a field of their own. */
export interface SearchParts {
  /** The field that gives a part; its type is that of the search. */
  field: string
  /** Its argument that holds the two below. */
  input: string
  id: string
  part: string
  /** Where the answer of the search has the id for them. */
  searchId: string
  /** Where the answer has how many parts there are. */
  count: string
}

/** How a GraphQL field gives a long list in pages. What is called a path is a dotted name below the field. */
export interface PagedField {
  style: PagingStyleName
  /** The argument that is an object with the arguments below in it; absent where they stand by themselves. */
  input?: string
  /** The argument that says where a page begins: an offset, a page's number, a cursor. */
  position?: string
  /** The argument that says how many rows a page has. */
  size?: string
  /** Path of the list; empty where the field is the list. */
  list: string
  /** Path of the number of all rows. */
  total?: string
  /** Path of the cursor or token of the next page. */
  cursor?: string
  /** Path of what says whether there is a next page. */
  more?: string
  /** Path of the words for why there are no rows. */
  reason?: string
  parts?: SearchParts
  /** The number of the first page. Default 1. */
  firstPage?: number
  /** Rows a page, where nobody says. */
  pageSize?: number
}

import { XdrError } from '../../errors.js'
import type { Position } from './plan.js'

/** What a page says beside its rows. */
export interface PageFacts {
  total?: number
  cursor?: string
  more?: boolean
  parts?: number
}

/** A page that is to be asked for. */
export interface Asked {
  position: Position
  /** Rows at the most. */
  size: number
}

/** What came for it: how many entries the list had, and the facts. */
export interface Came {
  entries: number
  facts: PageFacts
}

/** The order in which pages are asked for. */
export interface Route {
  /** The next page, as soon as it is known which that is. */
  take(): Asked | undefined
  /** Takes note of a page, in whatever order they come. */
  arrived(asked: Asked, came: Came): void
  /** What a page that is shorter than it should be has left out, if that can be asked for by itself. */
  rest(asked: Asked, came: Came): Asked | undefined
}

/** What a route is made for. */
export interface RouteOptions {
  start: Position
  size: number
  /** Rows wanted in all. */
  limit: number
}

/** Each page says where the next one is. */
export function followingRoute(
  { start, size, limit }: RouteOptions,
  nextOf: (asked: Asked, came: Came) => { position: Position } | undefined,
): Route {
  let next: Asked | undefined = { position: start, size: Math.min(size, limit) }
  let seen = 0
  return {
    take: () => {
      const asked = next
      next = undefined
      return asked
    },
    arrived: (asked, came) => {
      seen += came.entries
      const following = seen >= limit ? undefined : nextOf(asked, came)
      next = following === undefined ? undefined : { ...following, size: Math.min(size, limit - seen) }
    },
    rest: () => undefined,
  }
}

/** By cursor or token. `isToken`: an empty page does not end the list as long as there is a token. */
export function cursorRoute(options: RouteOptions, name: string, isToken: boolean): Route {
  const seen = new Set<Position>()
  return followingRoute(options, ({ position }, { entries, facts }) => {
    const { cursor, more } = facts
    seen.add(position)
    const isEnd = cursor === undefined || cursor === '' || more === false
    if (isEnd || (more === undefined && entries === 0 && !isToken)) return undefined
    if (!seen.has(cursor)) return { position: cursor }
    throw new XdrError(
      'XDR_BAD_RESPONSE',
      `${name} gave the same cursor again: its pages go round in a ring`,
      {
        hint: 'the server does not page by this cursor here; name another style, or ask with query()',
      },
    )
  })
}

/**
 * By counting. Once the first page has told how many rows there are, every other page is known; without a total, each
 * is asked for after the one before.
 */
export function countedRoute(
  { start, size, limit }: RouteOptions,
  { kind, firstPage }: { kind: 'offset' | 'page' | 'parts'; firstPage: number },
): Route {
  const from = typeof start === 'number' ? start : kind === 'offset' ? 0 : firstPage
  let next: Asked | undefined = {
    position: kind === 'parts' ? undefined : from,
    size: kind === 'page' ? size : Math.min(size, limit),
  }
  /** Rows a page, by what the first one had: a server may give fewer than it is asked for. */
  let step = size
  let seen = 0
  let isFirst = true
  let total: number | undefined
  let parts = 0

  /** Rows before a position, of those that are wanted. */
  const before = (position: number) => (kind === 'offset' ? position - from : (position - from) * step)
  const isWanted = (position: number) => {
    if (before(position) >= limit) return false
    if (kind === 'parts') return position <= parts
    if (kind === 'offset') return position < (total ?? 0)
    return (position - firstPage) * step < (total ?? 0)
  }
  let upcoming: number | undefined

  return {
    take: () => {
      if (next !== undefined) {
        const asked = next
        next = undefined
        return asked
      }
      if (upcoming === undefined || !isWanted(upcoming)) return undefined
      const position = upcoming
      upcoming += kind === 'offset' ? step : 1
      return { position, size: kind === 'offset' ? Math.min(step, limit - before(position)) : size }
    },
    arrived: ({ position }, { entries, facts }) => {
      seen += entries
      total = facts.total ?? total
      const at = typeof position === 'number' ? position : from
      if (isFirst) {
        step = Math.min(size, entries)
        parts = facts.parts ?? 0
        if (entries > 0 && (kind === 'parts' || total !== undefined)) {
          upcoming = at + (kind === 'offset' ? entries : 1)
        }
      }
      const isEnd = entries === 0 || (kind === 'page' && !isFirst && entries < step) || seen >= limit
      isFirst = false
      if (upcoming !== undefined || kind === 'parts' || isEnd) return
      next = {
        position: at + (kind === 'offset' ? entries : 1),
        size: kind === 'offset' ? Math.min(size, limit - seen) : size,
      }
    },
    rest: ({ position, size: asked }, { entries, facts }) => {
      if (kind !== 'offset' || upcoming === undefined || typeof position !== 'number' || entries === 0)
        return undefined
      const due = Math.min(asked, (facts.total ?? total ?? 0) - position)
      return entries < due && position !== from
        ? { position: position + entries, size: due - entries }
        : undefined
    },
  }
}

/** A list that comes whole. */
export function onceRoute(options: RouteOptions): Route {
  return followingRoute(options, () => undefined)
}

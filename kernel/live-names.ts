import { types } from 'node:util'

/** A name of an object, or of what it inherits from. */
export interface LiveName {
  text: string
  /** As JupyterLab shows it beside the name. */
  type: 'property' | 'method' | 'function' | 'class'
}

/** Which names of an object are wanted. */
export interface NameChoice {
  prefix: string
  /** Keys of its own: neither what every object has, nor the places of a list. */
  ownOnly: boolean
  /** No more are given. */
  most: number
}

/** No chain of cells' making is longer. */
const longestChain = 30

/**
 * Names of an object without running anything of the cells: no getter is read and no proxy is asked. Places of a
 * list, which may be millions, are never given.
 */
export function liveNames(start: object, { prefix, ownOnly, most }: NameChoice): LiveName[] {
  const found = new Map<string, LiveName>()
  let depth = 0
  for (let at: object | null = start; at !== null && depth < longestChain; at = Object.getPrototypeOf(at)) {
    // What stands behind a proxy only the proxy could say.
    if (types.isProxy(at)) break
    if (ownOnly && (Array.isArray(at) || ArrayBuffer.isView(at) || (depth > 0 && at === Object.prototype)))
      break
    for (const text of ownNames(at, most)) {
      if (!text.startsWith(prefix) || found.has(text)) continue
      if (at === Object.prototype && text.startsWith('__')) continue
      found.set(text, { text, type: typeOf(at, text, depth) })
      if (found.size >= most) return [...found.values()]
    }
    depth++
  }
  return [...found.values()]
}

function ownNames(at: object, most: number): string[] {
  if (ArrayBuffer.isView(at) || (Array.isArray(at) && at.length > most)) return []
  const names = Object.getOwnPropertyNames(at)
  return Array.isArray(at) ? names.filter((name) => !/^\d/.test(name)) : names
}

function typeOf(at: object, name: string, depth: number): LiveName['type'] {
  const value = storedIn(at, name)
  if (typeof value !== 'function') return 'property'
  const made = types.isProxy(value) ? undefined : Object.getOwnPropertyDescriptor(value, 'prototype')
  if (made?.writable === false) return 'class'
  return depth > 0 ? 'method' : 'function'
}

/** `undefined` for what would have to be computed. */
function storedIn(at: object, name: string): unknown {
  try {
    return Object.getOwnPropertyDescriptor(at, name)?.value
  } catch {
    // An export of a module that has not been given its value.
    return undefined
  }
}

/**
 * A value as JSON text, whatever it is: `JSON.stringify` throws on bigints, cycles and hostile `toJSON`, and a
 * throw here would lose the reply that a front end is waiting for.
 */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(value, bigintAsText) ?? 'null'
  } catch {
    return JSON.stringify(plainCopy(value, new Set())) ?? 'null'
  }
}

/** 64-bit integers survive as text; a JSON number would be rounded by the reader. */
function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

/** The slow road, taken only after a throw: what cannot be held is named in its place. */
function plainCopy(value: unknown, path: Set<object>): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value
  if (path.has(value)) return '[Circular]'
  path.add(value)
  try {
    if ('toJSON' in value && typeof value.toJSON === 'function') return plainCopy(value.toJSON(), path)
    if (Array.isArray(value)) return value.map((item) => plainCopy(item, path))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainCopy(item, path)]))
  } catch {
    return '[Unreadable]'
  } finally {
    path.delete(value)
  }
}

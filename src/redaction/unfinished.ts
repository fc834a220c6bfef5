import { keyRules } from './key-rules.js'
import { runCharacters } from './scan-code.js'

const prefixes = keyRules.flatMap((rule) => rule.prefixes)

/**
 * Where at a text's end a token, key or password begins that may go on in what follows, not before `floor`; the text's
 * length where there is none.
 */
export function unfinishedShape(text: string, floor: number): number {
  let start = text.length
  while (start > floor && runCharacters.test(text[start - 1] ?? '')) start--
  const [scheme = ''] = /\b(?:bearer|basic) ?$/i.exec(text.slice(Math.max(floor, start - 8), start)) ?? []
  const run = text.slice(start)
  if (scheme !== '' || run.includes('eyJ') || prefixes.some((prefix) => run.startsWith(prefix)))
    return start - scheme.length
  const block = lastBlock(text, floor)
  return block === undefined || text.includes('-----END ', block) ? text.length : block
}

/** Where the last key block begins: far faster than `lastIndexOf`, for there is hardly ever one. */
function lastBlock(text: string, floor: number): number | undefined {
  let last: number | undefined
  for (let at = text.indexOf(blockHead, floor); at >= 0; at = text.indexOf(blockHead, at + blockHead.length))
    last = at
  return last
}

const blockHead = '-----BEGIN '

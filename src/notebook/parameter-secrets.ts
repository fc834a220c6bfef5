import type { ParameterType } from './parameter-types.js'
import { secretFinder } from './secret-finder.js'

const secretWords =
  /^(?:tokens?|passwords?|passwd|pwd|passphrases?|passcodes?|secrets?|credentials?|bearer|cookies?)$/
/** A key of these opens something; one of a registry or of a column does not. */
const keyKinds =
  /^(?:api|access|private|secret|signing|encryption|client|shared|auth|master|ssh|session|service)$/
const keyWord = /^keys?$/
/** A name that ends like this says where a secret is, or of which kind, and not the secret. */
const aboutSecret =
  /^(?:names?|types?|kinds?|counts?|length|paths?|files?|urls?|uris?|fields?|columns?|ids?|env|variables?|age|access|stuffing|spray(?:ing)?|theft|dumping)$/

/**
 * Why a value must not be written into a notebook, in words that follow the name; `undefined` where it may. A
 * name is judged by its words, a value by its shape: what looks like a token is one, whatever it is called.
 */
export function whySecret(name: string, type: ParameterType, values: readonly unknown[]): string | undefined {
  if (isSecretName(name) && !isHarmless(type))
    return 'is called like a secret, and would stay in the notebook (if it is none, call it otherwise)'
  for (const text of values.flatMap(textsOf)) {
    const [found] = secretFinder.find(text, { shapes: true })
    if (found !== undefined)
      return `holds what looks like a secret (${found.kind}), and would stay in the notebook`
  }
  return undefined
}

function isSecretName(name: string): boolean {
  const words = wordsOf(name)
  if (aboutSecret.test(words.at(-1) ?? '')) return false
  if (words.length === 1 && words[0] !== undefined && keyWord.test(words[0])) return true
  return words.some(
    (word, index) =>
      secretWords.test(word) ||
      /^api-?keys?$/.test(word) ||
      (keyWord.test(word) && keyKinds.test(words[index - 1] ?? '')),
  )
}

/** `apiKey`, `API_KEY`, `apikey` → api, key */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .split(/[_$]+/)
    .filter((word) => word !== '')
}

/** `maxTokens: number`, `rotateKeys: boolean`: how many, or whether, is no secret. */
function isHarmless(type: ParameterType): boolean {
  switch (type.kind) {
    case 'number':
    case 'boolean':
    case 'date':
    case 'null':
    case 'undefined':
    case 'literal':
      return true
    case 'union':
      return type.types.every(isHarmless)
    default:
      return false
  }
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsOf)
  if (typeof value !== 'object' || value === null || value instanceof Date) return []
  // A name beside its value says what neither does.
  return Object.entries(value).flatMap(([name, each]) =>
    typeof each === 'string' ? [`${name}: ${each}`] : [name, ...textsOf(each)],
  )
}

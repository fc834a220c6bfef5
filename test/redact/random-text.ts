const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const digits = '0123456789'

/** Sets of characters that keys are made of. */
export const alphabets = {
  upper,
  digits,
  hex: `${digits}abcdef`,
  capitals: `${upper}${digits}`,
  alphanumeric: `${upper}${upper.toLowerCase()}${digits}`,
  word: `${upper}${upper.toLowerCase()}${digits}-_`,
}

/** Numbers that look random, from 0 to below 1, the same in every run: so that a failure can be looked at again. */
export function randomNumbers(seed: number): () => number {
  let state = Math.imul(seed + 1, 2_654_435_761) >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** So many characters of an alphabet, the same for the same seed. */
export function randomText(length: number, seed: number, alphabet = alphabets.word): string {
  const random = randomNumbers(seed)
  return Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('')
}

/**
 * What somebody who has all that a kernel sent can find in it. Nothing of the redactor is used here: each way
 * of writing is undone as its own tools do it, and the result is searched for a piece of the secret that is
 * worth something.
 */
export function findPiece(sent: string, secret: string): string | undefined {
  // Behind its header, which all tokens have.
  const own = secret.startsWith('eyJ') ? secret.slice(secret.indexOf('.') + 1) : secret
  for (const [name, read] of readings(sent)) {
    const piece = pieceIn(read, own)
    if (piece !== undefined) return `${name}: ${piece}`
  }
  return undefined
}

/**
 * Of a long secret any 24 characters tell too much: each such piece holds twelve that begin at a multiple of
 * twelve.
 */
function pieceIn(text: string, secret: string): string | undefined {
  if (secret.length <= 24) return text.includes(secret) ? secret : undefined
  for (let at = 0; at + 12 <= secret.length; at += 12) {
    if (!text.includes(secret.slice(at, at + 12))) continue
    for (let from = Math.max(0, at - 12); from <= Math.min(at, secret.length - 24); from++)
      if (text.includes(secret.slice(from, from + 24))) return secret.slice(from, from + 24)
  }
  return undefined
}

function* readings(sent: string): Generator<[string, string]> {
  const plain = unescaped(sent)
  for (const [name, text] of [
    ['as sent', sent],
    ['unescaped', plain],
    ['without line ends', plain.replace(/[\s\\]+/g, '')],
    ['from HTML', fromHtml(plain)],
    ['from a URL', fromUrl(plain)],
    ['without zero bytes', plain.replaceAll('\0', '').replaceAll('\\u0000', '').replaceAll('\\x00', '')],
  ] as const) {
    yield [name, text]
    yield [`${name}, reversed`, [...text].reverse().join('')]
  }
  const dense = plain.replace(/\\?[\n\r]\s*/g, '')
  for (const [name, bytes] of [
    ['from base64', fromBase64(dense)],
    ['from hex', fromHex(plain)],
    ['from pairs of hex digits', fromPairs(plain)],
    ['from decimals', fromDecimals(plain)],
    ['from numbered fields', fromDecimals(plain.replace(/"?'?\d+"?'?\s*:/g, ' '))],
    ['from letters', fromLetters(plain)],
    ['from octal numbers', fromNumbers(plain, /(?<!\d)[0-3][0-7]{2}(?!\d)/g, 8)],
    ['from binary numbers', fromNumbers(plain, /(?<!\d)[01]{8}(?!\d)/g, 2)],
    ['from code points', fromNumbers(plain, /(?<=u\{|U\+)[0-9a-fA-F]{1,4}/g, 16)],
    ['from words of 16 bits', fromWords(plain, /(?<!\d)\d{3,5}(?!\d)/g, 10, 2)],
    ['from words of 32 bits', fromWords(plain, /(?<!\d)\d{5,10}(?!\d)/g, 10, 4)],
    ['from words of 16 bits in hex', fromWords(plain, /(?<![0-9a-f])[0-9a-f]{4}(?![0-9a-f])/g, 16, 2)],
    ['from words of 32 bits in hex', fromWords(plain, /(?<![0-9a-f])[0-9a-f]{8}(?![0-9a-f])/g, 16, 4)],
    ['from groups of hex digits', fromGroups(plain)],
    ["from a dump's last column", [...plain.matchAll(/\|([ -~]{1,16})\|/g)].map(([, row]) => row).join('')],
  ] as const) {
    yield [name, bytes]
    yield [`${name}, narrowed`, bytes.replaceAll('\0', '')]
    yield [`${name}, reversed`, [...bytes].reverse().join('')]
  }
}

function unescaped(text: string): string {
  let plain = text
  for (let depth = 0; depth < 4; depth++) {
    plain = plain.replace(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(["'\\/]))/g, (_, wide, narrow, sign) =>
      sign === undefined ? String.fromCharCode(Number.parseInt(wide ?? narrow, 16)) : sign,
    )
  }
  return plain.replaceAll('\\n', '\n')
}

function fromHtml(text: string): string {
  const names: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) =>
    name === undefined
      ? String.fromCharCode(decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal))
      : (names[name] ?? whole),
  )
}

function fromUrl(text: string): string {
  return text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-fA-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function fromBase64(text: string): string {
  const parts: string[] = []
  for (const [run] of text.matchAll(/[\w+/-]{12,}/g)) {
    for (let from = 0; from < 4; from++) parts.push(Buffer.from(run.slice(from), 'base64').toString('latin1'))
  }
  return parts.join('\n')
}

function fromHex(text: string): string {
  const parts: string[] = []
  for (const [run] of text.matchAll(/[0-9a-fA-F]{16,}/g)) {
    for (const from of [0, 1]) parts.push(Buffer.from(run.slice(from), 'hex').toString('latin1'))
  }
  return parts.join('\n')
}

function fromPairs(text: string): string {
  const pairs = text.matchAll(/(?<![0-9a-fA-F])(?:[0-9a-fA-F]{2}[\s:,-]+){7,}[0-9a-fA-F]{2}/g)
  return [...pairs]
    .map(([run]) => Buffer.from(run.replace(/[\s:,-]/g, ''), 'hex').toString('latin1'))
    .join('\n')
}

function fromDecimals(text: string): string {
  const lists = text.matchAll(/(?:\d{1,3}[\s,;]+){7,}\d{1,3}/g)
  return [...lists]
    .map(([run]) => String.fromCharCode(...run.split(/[\s,;]+/).map((number) => Number(number) & 0xff)))
    .join('\n')
}

function fromLetters(text: string): string {
  return [...text.matchAll(/['"`]([^,])['"`]/g)].map(([, letter]) => letter).join('')
}

function fromNumbers(text: string, numbers: RegExp, base: number): string {
  const codes = [...text.matchAll(numbers)].map(([number]) => Number.parseInt(number, base))
  return codes.map((code) => String.fromCharCode(code)).join('')
}

/** Words of a processor that has the lowest byte first. */
function fromWords(text: string, numbers: RegExp, base: number, size: number): string {
  const words = [...text.matchAll(numbers)].map(([number]) => Number.parseInt(number, base))
  return words
    .map((word) =>
      Array.from({ length: size }, (_, i) => String.fromCharCode(Math.floor(word / 256 ** i) & 0xff)).join(
        '',
      ),
    )
    .join('')
}

function fromGroups(text: string): string {
  const groups = text.matchAll(
    /(?<![0-9a-f])(?:[0-9a-f]{4}\s){3,}[0-9a-f]{0,4}|(?<![0-9a-f])(?:[0-9a-f]{8}\s){2,}[0-9a-f]{0,8}/g,
  )
  return [...groups].map(([run]) => Buffer.from(run.replace(/\s/g, ''), 'hex').toString('latin1')).join('\n')
}

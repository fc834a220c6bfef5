import type { FileHandle } from 'node:fs/promises'
import { isRecord } from '../src/record.js'
import { log } from './log.js'
import { redactText } from './redact.js'

/** Cells kept between sessions; the file is trimmed to this when it has grown well past it. */
const mostEntries = 10_000
const trimAtBytes = 8 << 20
const trimToBytes = 4 << 20
/** A cell longer than this is data, not something to come back to. */
const longestCell = 64 << 10
/** Of a result, for the session that made it. */
const longestOutput = 4_000

/** One cell that ran: its session, its number there, its text. */
interface Entry {
  session: number
  line: number
  code: string
  output?: string
}

/** What a front end gets for a cell: session, number, text; with `output`, text and result. */
type Row = [session: number, line: number, cell: string | [string, string | null]]

/**
 * The cells that ran, of this session and of those before, in one file for all kernels of a person. A kernel only
 * ever appends to it, so that many at once do not disturb each other. Results are not written: they may be a
 * customer's data.
 */
export class History {
  /** Unique among kernels that start at the same moment, and later ones are greater. */
  readonly session = Date.now() * 1000 + (process.pid % 1000)
  readonly #own: Entry[] = []
  readonly #isKept: boolean
  #file: Promise<string | undefined> | undefined
  /** It begins with a line's end: another kernel may have died in the middle of its line. */
  #unwritten = ['\n']
  #writing: Promise<void> | undefined

  /** With `XDRLAB_HISTORY=off` nothing is written or read; the session's own cells are known all the same. */
  constructor(env: NodeJS.ProcessEnv = process.env) {
    this.#isKept = env.XDRLAB_HISTORY !== 'off'
  }

  /** Adds a cell that has ended: only then are the secrets that it used known, and blanked out of it. */
  add(line: number, code: string, output?: string): void {
    if (code.trim() === '' || code.length > longestCell) return
    const entry: Entry = { session: this.session, line, code: redactText(code) }
    this.#own.push(output === undefined ? entry : { ...entry, output: output.slice(0, longestOutput) })
    if (this.#own.length > mostEntries) this.#own.shift()
    if (!this.#isKept) return
    this.#unwritten.push(`${JSON.stringify(entry)}\n`)
    this.#writing ??= this.#write()
  }

  /** Resolves when everything added is in the file. */
  async flushed(): Promise<void> {
    await this.#writing
  }

  /** The rows of a `history_reply`, oldest first. */
  async find(request: Record<string, unknown>): Promise<Row[]> {
    const found = await this.#select(request)
    return found.map(({ session, line, code, output }) => [
      session,
      line,
      request.output === true ? [code, output ?? null] : code,
    ])
  }

  async #select(request: Record<string, unknown>): Promise<Entry[]> {
    const { hist_access_type: access, n, start, stop, pattern, unique } = request
    if (access === 'range') {
      const entries = await this.#ofSession(Number(request.session ?? 0))
      const last = entries.at(-1)?.line ?? 0
      const from = typeof start === 'number' ? (start < 0 ? last + 1 + start : start) : 1
      const to = typeof stop === 'number' ? (stop < 0 ? last + 1 + stop : stop) : Number.POSITIVE_INFINITY
      return entries.filter(({ line }) => line >= from && line < to)
    }
    let entries = await this.#all()
    if (access === 'search') {
      const glob = typeof pattern === 'string' ? pattern : '*'
      entries = entries.filter(({ code }) => matchesGlob(code, glob))
      if (unique === true) {
        // The latest of equals stands for them all.
        const latest = new Map(entries.map((entry) => [entry.code, entry]))
        entries = entries.filter((entry) => latest.get(entry.code) === entry)
      }
      return typeof n === 'number' && n > 0 ? entries.slice(-n) : entries
    }
    const count = typeof n === 'number' ? n : 10
    return count > 0 ? entries.slice(-count) : []
  }

  /** 0 is this session, -1 the one before it, and so on; else its number. */
  async #ofSession(session: number): Promise<Entry[]> {
    if (session === 0 || session === this.session) return this.#own
    const others = await this.#others()
    if (session > 0) return others.filter((entry) => entry.session === session)
    const numbers = [...new Set(others.map((entry) => entry.session))].sort((a, b) => a - b)
    const wanted = numbers.at(session)
    return others.filter((entry) => entry.session === wanted)
  }

  /** Our own come last, whatever other kernels do meanwhile: the up arrow first finds what was typed here. */
  async #all(): Promise<Entry[]> {
    return [...(await this.#others()), ...this.#own].slice(-mostEntries)
  }

  async #others(): Promise<Entry[]> {
    await this.#writing
    const path = await this.#path()
    if (path === undefined) return []
    try {
      const { readFile } = await import('node:fs/promises')
      return parse(await readFile(path, 'utf8')).filter(({ session }) => session !== this.session)
    } catch {
      return []
    }
  }

  /** Where it is kept; `undefined` where it cannot be: a history is not worth a word in a person's way. */
  #path(): Promise<string | undefined> {
    this.#file ??= this.#isKept ? prepareFile() : Promise.resolve(undefined)
    return this.#file
  }

  async #write(): Promise<void> {
    // One turn later: cells that follow each other at once are written together, after their replies.
    await new Promise((resolve) => setImmediate(resolve))
    const path = await this.#path()
    try {
      const { appendFile } = await import('node:fs/promises')
      while (this.#unwritten.length > 0) {
        const lines = this.#unwritten.splice(0).join('')
        // O_APPEND, in one write: lines of several kernels never mix.
        if (path !== undefined) await appendFile(path, lines, { mode: 0o600 })
      }
    } catch (error) {
      log(`the history was not written: ${error}`)
      this.#file = Promise.resolve(undefined)
    } finally {
      this.#writing = undefined
    }
  }
}

async function prepareFile(): Promise<string | undefined> {
  try {
    const [{ ownFolder }, { join }, { mkdir, stat }] = await Promise.all([
      import('../src/paths.js'),
      import('node:path'),
      import('node:fs/promises'),
    ])
    await mkdir(ownFolder(), { recursive: true, mode: 0o700 })
    const path = join(ownFolder(), 'history.ndjson')
    const size = await stat(path).then(
      (found) => found.size,
      () => 0,
    )
    if (size > trimAtBytes) await trim(path)
    return path
  } catch (error) {
    log(`no history is kept: ${error}`)
    return undefined
  }
}

/**
 * Keeps the latest entries. The new file takes the old one's place in one step, and what came meanwhile is
 * carried over.
 */
async function trim(path: string): Promise<void> {
  const [{ withLock }, { open, rename, appendFile, writeFile, stat }] = await Promise.all([
    import('../src/store/lock.js'),
    import('node:fs/promises'),
  ])
  const work = async () => {
    // Another kernel may have done it while we waited.
    if ((await stat(path)).size <= trimAtBytes) return
    const old = await open(path, 'r')
    try {
      const text = (await old.readFile()).toString('utf8')
      const lines = text.split('\n').slice(0, -1).slice(-mostEntries)
      let bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)
      let first = 0
      for (; bytes > trimToBytes; first++) bytes -= Buffer.byteLength(lines[first] ?? '') + 1
      const fresh = `${path}.${process.pid}.tmp`
      await writeFile(
        fresh,
        lines
          .slice(first)
          .map((line) => `${line}\n`)
          .join(''),
        { mode: 0o600 },
      )
      await rename(fresh, path)
      const late = await readRest(old, Buffer.byteLength(text))
      if (late.length > 0) await appendFile(path, late)
    } finally {
      await old.close()
    }
  }
  await withLock(`${path}.lock`, work, undefined)
}

async function readRest(file: FileHandle, from: number): Promise<Buffer> {
  const { size } = await file.stat()
  const rest = Buffer.alloc(Math.max(0, size - from))
  const { bytesRead } = await file.read(rest, 0, rest.length, from)
  return rest.subarray(0, bytesRead)
}

/** Lines that are no entry (torn, foreign, edited) are left out. */
function parse(text: string): Entry[] {
  const entries: Entry[] = []
  for (const line of text.split('\n')) {
    try {
      const { session, line: number, code } = asRecord(JSON.parse(line))
      if (typeof session === 'number' && typeof number === 'number' && typeof code === 'string')
        entries.push({ session, line: number, code })
    } catch {
      // The next line may be whole.
    }
  }
  return entries.slice(-mostEntries)
}

function asRecord(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {}
}

/** `*` any text, `?` one character, the whole text compared; linear memory and no regular expression to run away. */
export function matchesGlob(text: string, glob: string): boolean {
  let at = 0
  let place = 0
  let star = -1
  let starAt = 0
  while (at < text.length) {
    const wanted = glob[place]
    if (wanted === '*') {
      star = place++
      starAt = at
    } else if (wanted === '?' || wanted === text[at]) {
      place++
      at++
    } else if (star >= 0) {
      place = star + 1
      at = ++starAt
    } else {
      return false
    }
  }
  while (glob[place] === '*') place++
  return place === glob.length
}

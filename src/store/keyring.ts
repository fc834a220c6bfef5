import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { XdrError } from '../errors.js'
import { packageRoot } from '../package.js'
import { plain } from '../text.js'
import type { KeyringReply, KeyringRequest } from './keyring-process.js'

/** A keyring that does not answer by then counts as none. */
const longestAnswerMs = 3_000
/** Windows keeps 2,560 bytes an entry, in UTF-16; room is left for what stands before each part. */
const windowsPartLength = 1_200

/** A hundred kilobytes; an entry that names more is not ours. */
const mostParts = 100

/** Why the keyring could not do it: the message is a half sentence, for others to build on. */
function keyringFailure(why: string): XdrError {
  return new XdrError('XDR_STORE_UNWRITABLE', why, { hint: "unlock the keyring, or use store: 'file'" })
}

export interface KeyringOptions {
  env?: NodeJS.ProcessEnv
  platform?: NodeJS.Platform
}

/** Texts in the operating system's keyring, by name. Every call ends within seconds, whatever the keyring does. */
export class Keyring {
  readonly #env: NodeJS.ProcessEnv
  readonly #platform: NodeJS.Platform
  readonly #partLength: number
  #helper: Helper | undefined
  #probed: Promise<string | undefined> | undefined

  constructor({ env = process.env, platform = process.platform }: KeyringOptions = {}) {
    this.#env = env
    this.#platform = platform
    this.#partLength = platform === 'win32' ? windowsPartLength : Number.POSITIVE_INFINITY
  }

  /**
   * Whether a value that is written can be read again: asked once, by doing so.
   *
   * @returns why not, as a half sentence; `undefined` where it works
   */
  probe(): Promise<string | undefined> {
    this.#probed ??= this.#tryOut().catch((error) => whyOf(error))
    return this.#probed
  }

  async #tryOut(): Promise<string | undefined> {
    const name = `probe-${process.pid}-${randomBytes(4).toString('hex')}`
    const value = randomBytes(8).toString('hex')
    await this.#ask({ op: 'set', name, value })
    const read = await this.#ask({ op: 'get', name })
    await this.#ask({ op: 'delete', name })
    return read === value ? undefined : 'the keyring does not give back what is put in'
  }

  /** @throws XdrError `XDR_STORE_UNWRITABLE` */
  async get(name: string): Promise<string | undefined> {
    const head = await this.#ask({ op: 'get', name })
    if (head === undefined) return undefined
    const [, tag = '', count = '1'] = partHead.exec(head) ?? []
    const parts = [head]
    for (let i = 1; i < Math.min(mostParts, Number(count)); i++) {
      const part = await this.#ask({ op: 'get', name: partName(name, i) })
      // A part of another writing: the value is not whole, so it is none.
      if (part === undefined || !part.startsWith(`${tag} `)) return undefined
      parts.push(part)
    }
    return parts.map((part) => part.replace(partHead, '')).join('')
  }

  /** @throws XdrError `XDR_STORE_UNWRITABLE` */
  async set(name: string, value: string): Promise<void> {
    const before = Number.isFinite(this.#partLength) ? await this.#countParts(name) : 1
    const tag = randomBytes(4).toString('hex')
    const count = Math.max(1, Math.ceil(value.length / this.#partLength))
    for (let i = count - 1; i >= 0; i--) {
      const from = i === 0 ? 0 : i * this.#partLength
      const part = value.slice(from, from + this.#partLength)
      await this.#ask({ op: 'set', name: partName(name, i), value: `${tag} ${count}\n${part}` })
    }
    for (let i = count; i < before; i++) await this.#ask({ op: 'delete', name: partName(name, i) })
  }

  /** @throws XdrError `XDR_STORE_UNWRITABLE` */
  async delete(name: string): Promise<void> {
    const count = await this.#countParts(name)
    for (let i = 0; i < count; i++) await this.#ask({ op: 'delete', name: partName(name, i) })
  }

  async #countParts(name: string): Promise<number> {
    const head = await this.#ask({ op: 'get', name })
    return Math.min(mostParts, Number(partHead.exec(head ?? '')?.[2] ?? 1))
  }

  async #ask(request: Omit<KeyringRequest, 'id'>): Promise<string | undefined> {
    if (this.#platform === 'linux' && !hasSessionBus(this.#env)) {
      throw keyringFailure('no desktop session runs here')
    }
    if (this.#helper === undefined || this.#helper.ended) this.#helper = new Helper(this.#env)
    return this.#helper.ask(request)
  }
}

const partHead = /^([0-9a-f]{8}) (\d+)\n/

function partName(name: string, index: number): string {
  return index === 0 ? name : `${name}#${index}`
}

/** Without one there is no secret service: said at once, without a process. */
function hasSessionBus(env: NodeJS.ProcessEnv): boolean {
  if (env.DBUS_SESSION_BUS_ADDRESS) return true
  return existsSync(join(env.XDG_RUNTIME_DIR || `/run/user/${process.getuid?.() ?? 0}`, 'bus'))
}

function whyOf(error: unknown): string {
  return error instanceof XdrError ? error.message : 'the keyring cannot be reached'
}

/** The process that talks to the keyring; it ends with ours, and keeps ours alive only while it is asked. */
class Helper {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #waiting = new Map<number, (reply: KeyringReply) => void>()
  #lastId = 0
  ended = false

  constructor(env: NodeJS.ProcessEnv) {
    const script = join(packageRoot, 'dist', 'src', 'store', 'keyring-process.js')
    this.#child = spawn(process.execPath, [script], {
      stdio: ['pipe', 'pipe', 'ignore'],
      // Options meant for our own process (an inspector, a loader) are not for this one.
      env: { ...env, NODE_OPTIONS: '' },
      windowsHide: true,
    })
    this.#child.stdin.on('error', () => {})
    this.#child.on('error', () => this.#end())
    this.#child.on('close', () => this.#end())
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const reply: KeyringReply = JSON.parse(line)
      this.#waiting.get(reply.id)?.(reply)
    })
  }

  async ask(request: Omit<KeyringRequest, 'id'>): Promise<string | undefined> {
    const id = ++this.#lastId
    const reply = await new Promise<KeyringReply>((resolve) => {
      this.#hold(true)
      const timer = setTimeout(() => {
        // Blocked as it is, it would not hear anything softer.
        this.#child.kill('SIGKILL')
        resolve({ id, error: `the keyring did not answer within ${longestAnswerMs / 1000} s` })
      }, longestAnswerMs)
      this.#waiting.set(id, (given) => {
        clearTimeout(timer)
        resolve(given)
      })
      this.#child.stdin.write(`${JSON.stringify({ id, ...request })}\n`)
    })
    this.#waiting.delete(id)
    if (this.#waiting.size === 0) this.#hold(false)
    if (reply.error !== undefined) throw keyringFailure(plain(reply.error, 120))
    return reply.value ?? undefined
  }

  #end(): void {
    this.ended = true
    for (const [id, settle] of this.#waiting) settle({ id, error: 'the keyring helper ended' })
  }

  /** Pipes hold a process open by themselves, so they are let go together with the child. */
  #hold(isHeld: boolean): void {
    for (const end of [this.#child, this.#child.stdin, this.#child.stdout]) {
      const method = isHeld ? 'ref' : 'unref'
      if (method in end) (end as { ref(): void; unref(): void })[method]()
    }
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isRecord } from '../json.js'
import type { FileChange } from './notebook.js'

/** What the server's answers are read with: all the forms that we can show. */
const capabilities = {
  general: { positionEncodings: ['utf-16'] },
  workspace: { configuration: true },
  textDocument: {
    completion: {
      completionItem: {
        documentationFormat: ['markdown'],
        deprecatedSupport: true,
        labelDetailsSupport: true,
        insertReplaceSupport: true,
        resolveSupport: { properties: ['documentation', 'detail', 'additionalTextEdits'] },
      },
      completionList: { itemDefaults: ['editRange', 'data', 'commitCharacters'] },
    },
    hover: { contentFormat: ['markdown'] },
    signatureHelp: {
      signatureInformation: {
        documentationFormat: ['markdown'],
        activeParameterSupport: true,
        parameterInformation: { labelOffsetSupport: true },
      },
    },
    definition: { linkSupport: true },
    diagnostic: {},
  },
}

/** The program's garbage is collected earlier than by its own rule: a kernel is to stay small. */
const memoryEnvironment = { GOGC: '60' }

/** A request that the server answers later than this is given up, milliseconds. */
const longestRequestMs = 15_000

interface Waiting {
  resolve(result: unknown): void
  reject(error: Error): void
  timer: NodeJS.Timeout
}

/** How a {@link TypeScriptServer} is started. */
export interface TypeScriptOptions {
  /** The notebook's folder. */
  folder: string
  /** The file there that is the project's configuration. */
  configFile: string
  /** The program has ended, or could not be started. */
  onEnd(reason: string): void
}

/**
 * TypeScript's native language server, spoken to by its stable protocol (LSP over stdio). Measured beside
 * `typescript/unstable/sync` on the same cells: that has neither signature help nor Markdown, and checks no faster.
 */
export class TypeScriptServer {
  readonly #options: TypeScriptOptions
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, Waiting>()
  /** The files that are not what the disk has. */
  readonly #files = new Map<string, { version: number; text: string }>()
  #serial = 0
  #received: Buffer = Buffer.alloc(0)
  #isEnded = false

  private constructor(program: string, options: TypeScriptOptions) {
    this.#options = options
    this.#child = spawn(program, ['--lsp', '--stdio'], {
      cwd: options.folder,
      env: { ...memoryEnvironment, ...process.env },
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    })
    this.#child.once('error', (error) => this.#end(error.message))
    this.#child.once('exit', (code, signal) => this.#end(`it ended with ${signal ?? `exit code ${code}`}`))
    this.#child.stdin?.on('error', () => undefined)
    this.#child.stdout?.on('data', (chunk: Buffer) => this.#receive(chunk))
  }

  /** Starts the program and shakes hands. */
  static async start(options: TypeScriptOptions): Promise<TypeScriptServer> {
    const server = new TypeScriptServer(await findProgram(), options)
    const uri = pathToFileURL(options.folder).href
    await server.request('initialize', {
      processId: process.pid,
      rootUri: uri,
      workspaceFolders: [{ uri, name: 'notebook' }],
      capabilities,
    })
    server.#notify('initialized', {})
    return server
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  uriOf(file: string): string {
    return pathToFileURL(join(this.#options.folder, file)).href
  }

  /** Makes a file what it is said to be; it need not be on the disk. */
  put({ name, text }: FileChange): void {
    const uri = this.uriOf(name)
    const known = this.#files.get(name)
    if (text === undefined) {
      this.#files.delete(name)
      this.#notify('textDocument/didClose', { textDocument: { uri } })
    } else if (known === undefined) {
      this.#files.set(name, { version: 1, text })
      const languageId = name.endsWith('.json') ? 'json' : 'typescript'
      this.#notify('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } })
    } else {
      const version = known.version + 1
      this.#files.set(name, { version, text })
      this.#notify('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [{ text }],
      })
    }
  }

  /** Of a file that was put. */
  textOf(uri: string): string | undefined {
    for (const [name, { text }] of this.#files) if (this.uriOf(name) === uri) return text
    return undefined
  }

  /** Asks; rejects when the server refuses, ends, or does not answer. */
  request(method: string, params: object): Promise<unknown> {
    if (this.#isEnded) return Promise.reject(new Error('TypeScript is not running'))
    const id = ++this.#serial
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id)
        reject(new Error(`TypeScript has not answered ${method} within ${longestRequestMs / 1000} s`))
        // Busy with something that does not end: a fresh one is the way out.
        this.close()
      }, longestRequestMs)
      this.#waiting.set(id, { resolve, reject, timer })
      this.#write({ jsonrpc: '2.0', id, method, params })
    })
  }

  /** Ends the program. */
  close(): void {
    this.#child.kill('SIGKILL')
  }

  async closed(): Promise<void> {
    if (!this.#isEnded) await once(this.#child, 'exit')
  }

  #notify(method: string, params: object): void {
    if (!this.#isEnded) this.#write({ jsonrpc: '2.0', method, params })
  }

  #write(message: object): void {
    const body = Buffer.from(JSON.stringify(message))
    this.#child.stdin?.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]))
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    for (;;) {
      const headerEnd = this.#received.indexOf('\r\n\r\n')
      if (headerEnd < 0) return
      const length = Number(
        /Content-Length: (\d+)/i.exec(this.#received.toString('latin1', 0, headerEnd))?.[1],
      )
      const end = headerEnd + 4 + length
      if (!(this.#received.length >= end)) return
      const message: unknown = JSON.parse(this.#received.toString('utf8', headerEnd + 4, end))
      this.#received = this.#received.subarray(end)
      if (isRecord(message)) this.#take(message)
    }
  }

  #take(message: Record<string, unknown>): void {
    const { id, method, params, result, error } = message
    if (typeof method === 'string') {
      if (id !== undefined) this.#write({ jsonrpc: '2.0', id, result: this.#answer(method, params) })
      return
    }
    const waiting = this.#waiting.get(Number(id))
    if (waiting === undefined) return
    this.#waiting.delete(Number(id))
    clearTimeout(waiting.timer)
    if (isRecord(error)) waiting.reject(new Error(String(error.message)))
    else waiting.resolve(result)
  }

  /** What the server asks of us: only its settings matter. */
  #answer(method: string, params: unknown): unknown {
    if (method !== 'workspace/configuration' || !isRecord(params) || !Array.isArray(params.items)) return null
    const settings = {
      customConfigFileName: this.#options.configFile,
      suggest: { autoImports: false },
      preferences: { quoteStyle: 'single', importModuleSpecifierEnding: 'minimal' },
    }
    return params.items.map((item: unknown) => {
      const section = isRecord(item) ? item.section : undefined
      return section === 'js/ts' || section === 'typescript' ? settings : null
    })
  }

  #end(reason: string): void {
    if (this.#isEnded) return
    this.#isEnded = true
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer)
      reject(new Error(`TypeScript is gone: ${reason}`))
    }
    this.#waiting.clear()
    this.#options.onEnd(reason)
  }
}

/** The native executable itself: through its Node wrapper, a process more would stay. */
async function findProgram(): Promise<string> {
  const manifest = import.meta.resolve('typescript/package.json')
  const { default: getExePath }: { default: () => string } = await import(
    new URL('./lib/getExePath.js', manifest).href
  )
  return getExePath()
}

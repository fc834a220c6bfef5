import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { packageRoot } from '../../src/package.js'
import { runHere } from './cli-here.js'
import { type TaegisServer, taegisPaths } from './taegis-server.js'
import { removeFolder } from './temp-home.js'

/** The built command, as npm links it. */
export const program = join(packageRoot, 'dist', 'bin', 'xdrlab.cjs')

const longestRunMs = 45_000

export interface CliResult {
  /** `null` where a signal ended it. */
  status: number | null
  stdout: string
  stderr: string
  ms: number
}

/** A command that runs; ended when disposed. */
export interface RunningCli extends AsyncDisposable {
  readonly pid: number
  /** What has come so far. */
  readonly stdout: string
  readonly stderr: string
  readonly exited: Promise<CliResult>
  /** Waits for text on stdout (in a terminal: on the screen). Fails when the command ends without it. */
  until(pattern: RegExp): Promise<RegExpExecArray>
  type(text: string): void
  kill(signal: NodeJS.Signals): void
}

export interface CliOptions {
  env?: Record<string, string>
  /** Written to stdin, which then ends; default: stdin is empty. */
  input?: string
  cwd?: string
  /** After this it is killed, milliseconds. Default 45,000: below the limit of a test. */
  limitMs?: number
  /** Of the pseudo-terminal; default 100 columns and 60 rows. */
  size?: { columns: number; rows: number }
}

/** Folders of a test's own: for sign-ins, for temporary files, for work; every text in them goes to the ledger. */
export interface CliHome extends AsyncDisposable {
  /** Where commands run. */
  readonly folder: string
  readonly home: string
  readonly profiles: string
  readonly temp: string
  readonly env: Record<string, string>
  path(name: string): string
  write(name: string, content: string): string
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>
  /**
   * The same in this process, from the sources: for what is decided before anything is started, many times
   * sooner. One at a time; of a command that changes what later ones find in its modules, `run`.
   */
  runHere(args: readonly string[], options?: Pick<CliOptions, 'env'>): Promise<CliResult>
  start(args: readonly string[], options?: CliOptions): RunningCli
  /** Runs a line of a shell, in which `$XDRLAB` is the command. */
  shell(line: string): Promise<CliResult>
  /** Starts it in a pseudo-terminal. */
  startInTerminal(args: readonly string[], options?: CliOptions): RunningCli
  /** What commands left in the temporary folder. */
  leftInTemp(): string[]
}

/** What a command may print, in all of a test file, and what must not be in it. */
const ledger: { where: string; text: string }[] = []
const secrets = new Map<string, string>()

/** Makes a value one that may be in a profile and nowhere else. */
export function guardSecret(name: string, value: string): void {
  if (value.length < 16) throw new Error(`${name} is too short to be a secret`)
  if (!secrets.has(value)) secrets.set(value, name)
}

/** The secrets that a platform has given out so far. */
export function guardSecretsOf(server: TaegisServer): void {
  for (const { path, status, answer = '' } of server.proxy.seen) {
    if (status !== 200) continue
    if (path === taegisPaths.begin) guardSecret('a device code', JSON.parse(answer).device_code)
    if (path === taegisPaths.token) guardSecret('an access token', JSON.parse(answer).access_token)
  }
}

export function guardedSecrets(): string[] {
  return [...secrets.values()]
}

/** Where a secret has got to, over every home that has been disposed of so far. */
export function findLeaks(values: ReadonlyMap<string, string> = secrets): string[] {
  return ledger.flatMap(({ where, text }) =>
    [...values].flatMap(([value, name]) => (text.includes(value) ? [`${name} in ${where}`] : [])),
  )
}

export function openHome(extra: Record<string, string> = {}): CliHome {
  const root = mkdtempSync(join(tmpdir(), 'xdrlab-cli-'))
  const [home, temp, folder] = ['home', 'tmp', 'work'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ]
  for (const path of [home, temp, folder]) mkdirSync(path)
  const profiles = join(home, 'profiles')
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    XDRLAB_HOME: home,
    XDRLAB_BROWSER: 'none',
    // The keyring of the machine is not the test's, and the line about there being none is a test of its own.
    XDRLAB_STORE: 'file',
    TMPDIR: temp,
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    ...extra,
  }
  const running = new Set<RunningCli>()
  const begin = (
    command: string,
    args: readonly string[],
    options: CliOptions,
    stdin: 'pipe' | 'ignore',
  ): RunningCli => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? folder,
      env: { ...env, ...options.env },
      stdio: [stdin, 'pipe', 'pipe'],
    })
    const cli = watch(child, args.join(' '), options.limitMs ?? longestRunMs)
    running.add(cli)
    if (options.input !== undefined) child.stdin?.end(options.input)
    return cli
  }
  const start = (args: readonly string[], options: CliOptions = {}) =>
    begin(process.execPath, [program, ...args], options, options.input === undefined ? 'ignore' : 'pipe')
  return {
    folder,
    home,
    profiles,
    temp,
    env,
    path: (name) => join(folder, name),
    write: (name, content) => {
      writeFileSync(join(folder, name), content)
      return join(folder, name)
    },
    start,
    run: async (args, options = {}) => start(args, options).exited,
    runHere: async (args, options = {}) => {
      const result = await runHere(args, { cwd: folder, env: { ...env, ...options.env } })
      noteOutputs(args.join(' '), result)
      return result
    },
    shell: async (line) =>
      begin('sh', ['-c', line], { env: { XDRLAB: `${process.execPath} ${program}` } }, 'ignore').exited,
    startInTerminal: (args, options = {}) => {
      const command = [process.execPath, program, ...args].map(shellQuoted).join(' ')
      const { columns, rows } = options.size ?? { columns: 100, rows: 60 }
      return begin(
        'script',
        ['-qefc', `stty cols ${columns} rows ${rows}; exec ${command}`, '/dev/null'],
        options,
        'pipe',
      )
    },
    leftInTemp: () => readdirSync(temp),
    [Symbol.asyncDispose]: async () => {
      for (const cli of running) await cli[Symbol.asyncDispose]()
      for (const { path, text } of readTexts(root)) {
        if (!path.startsWith(profiles)) ledger.push({ where: path, text })
        else for (const token of tokensOf(text)) guardSecret('a stored token', token)
      }
      removeFolder(root)
    },
  }
}

function noteOutputs(what: string, { stdout, stderr }: Pick<CliResult, 'stdout' | 'stderr'>): void {
  ledger.push(
    { where: `the stdout of ${what}`, text: stdout },
    { where: `the stderr of ${what}`, text: stderr },
  )
}

function watch(child: ChildProcess, what: string, limitMs: number): RunningCli {
  const started = performance.now()
  const output = { stdout: '', stderr: '' }
  const listeners = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
      for (const listener of listeners) listener()
    })
  }
  // Someone who does not read to the end is no failure of the test.
  child.stdin?.on('error', () => {})
  let ended = false
  // Before the test's own limit: then what it has opened is still closed.
  const limit = setTimeout(() => child.kill('SIGKILL'), limitMs)
  const exited = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => {
      ended = true
      clearTimeout(limit)
      noteOutputs(what, output)
      resolve({ status, ...output, ms: performance.now() - started })
      for (const listener of listeners) listener()
    })
  })
  return {
    pid: child.pid ?? 0,
    get stdout() {
      return output.stdout
    },
    get stderr() {
      return output.stderr
    },
    exited,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const finish = (then: () => void) => {
          clearTimeout(timer)
          listeners.delete(look)
          then()
        }
        const fail = (why: string) =>
          reject(new Error(`${why} before ${pattern}:\n${output.stdout}\n${output.stderr}`))
        const look = () => {
          const found = pattern.exec(stripVTControlCharacters(output.stdout))
          if (found !== null) finish(() => resolve(found))
          else if (ended) finish(() => fail('it ended'))
        }
        const timer = setTimeout(() => finish(() => fail('time ran out')), 20_000)
        listeners.add(look)
        look()
      }),
    type: (text) => void child.stdin?.write(text),
    kill: (signal) => void child.kill(signal),
    [Symbol.asyncDispose]: async () => {
      if (!ended) child.kill('SIGKILL')
      await exited
    },
  }
}

/** Ids of the processes whose command line holds `text`, with all that it says. */
export function processesWith(text: string): { pid: number; commandLine: string; environment: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => ({
      pid: Number(name),
      commandLine: readProc(name, 'cmdline'),
      environment: readProc(name, 'environ'),
    }))
    .filter(({ commandLine }) => commandLine.includes(text))
}

function readProc(pid: string, name: string): string {
  try {
    return readFileSync(join('/proc', pid, name), 'utf8').replaceAll('\0', ' ')
  } catch {
    // It has ended meanwhile.
    return ''
  }
}

function readTexts(folder: string): { path: string; text: string }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }))
}

function tokensOf(profile: string): string[] {
  const { session } = JSON.parse(profile)
  return [session?.accessToken, session?.refreshToken].filter((token) => typeof token === 'string')
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** All that was ever written to a terminal, without colours and cursor movements. */
export function writtenText(text: string): string {
  return stripVTControlCharacters(text).replaceAll('\r', '')
}

/** What stands on the terminal at the end: cursor movements and erasures carried out. */
export function shownText(raw: string): string {
  const lines: string[][] = [[]]
  let row = 0
  let column = 0
  const lineAt = (at: number): string[] => {
    while (lines.length <= at) lines.push([])
    return lines[at] ?? []
  }
  for (const [part, final = '', count = ''] of raw.matchAll(
    /\u001b\[(?=[?\d;]*([A-Za-z]))([?\d;]*)[A-Za-z]|[\s\S]/gu,
  )) {
    if (part === '\n') row++
    else if (part === '\r') column = 0
    else if (part === '\b') column = Math.max(0, column - 1)
    else if (final === '' && part !== '\u0007') {
      const line = lineAt(row)
      while (line.length < column) line.push(' ')
      line[column++] = part
    }
    const by = Number(count) || 1
    if (final === 'A') row = Math.max(0, row - by)
    else if (final === 'B') row += by
    else if (final === 'C') column += by
    else if (final === 'D') column = Math.max(0, column - by)
    else if (final === 'G') column = by - 1
    else if (final === 'K') lineAt(row).length = count === '2' ? 0 : Math.min(lineAt(row).length, column)
    else if (final === 'J') {
      lineAt(row).length = Math.min(lineAt(row).length, column)
      lines.length = row + 1
    }
  }
  return lines.map((line) => line.join('').trimEnd()).join('\n')
}

// Starts what is measured, in an environment of its own.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const longestMs = 60_000

/** Little of the environment: `NODE_EXTRA_CA_CERTS` alone would make every start of Node twice as long. */
function environment(own) {
  const { PATH = '', SystemRoot } = process.env
  return { PATH, LANG: 'C.UTF-8', ...(SystemRoot === undefined ? {} : { SystemRoot }), ...own }
}

/**
 * Runs a command to its end, its outputs in pipes.
 *
 * @returns {Promise<{ ms: number, cpuMs: number | undefined, stdout: string }>} from the spawn until it is gone
 */
export async function run([program, ...args], { env, cwd }) {
  const cpuBefore = cpuOfChildrenMs()
  const began = performance.now()
  const child = spawn(program, args, {
    cwd,
    env: environment({ HOME: cwd, ...env }),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: longestMs,
  })
  const [stdout, stderr, [code]] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    once(child, 'close'),
  ])
  const ms = performance.now() - began
  if (code !== 0) throw new Error(`${program} ${args.join(' ').slice(0, 200)} ended with ${code}: ${stderr}`)
  const cpuAfter = cpuOfChildrenMs()
  const cpuMs = cpuBefore === undefined || cpuAfter === undefined ? undefined : cpuAfter - cpuBefore
  return { ms, cpuMs, stdout }
}

/** What all children that have ended took of the processors, where the system says (Linux), in steps of 10 ms. */
function cpuOfChildrenMs() {
  if (process.platform !== 'linux') return undefined
  // After the name in brackets, which may hold spaces: state is the third field, cutime and cstime 16 and 17.
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[13]) + Number(fields[14])) * 10
}

/** Starts `count` processes, lets them go when all of them wait, and gives what each wrote last, read as JSON. */
export async function runTogether([program, ...args], { count, env, cwd }) {
  const children = Array.from({ length: count }, () =>
    spawn(program, args, { cwd, env: environment({ HOME: cwd, ...env }), timeout: longestMs }),
  )
  const outputs = children.map((child) => textOf(child.stdout))
  const problems = children.map((child) => textOf(child.stderr))
  const ends = children.map((child) => once(child, 'close'))
  await Promise.all(children.map((child) => once(child.stdout, 'data')))
  for (const child of children) child.stdin.write('go\n')
  await Promise.all(ends)
  return Promise.all(
    outputs.map(async (output, i) => {
      const last = (await output).trim().split('\n').at(-1) ?? ''
      if (!last.startsWith('{')) throw new Error(`a process ended without its times: ${await problems[i]}`)
      return JSON.parse(last)
    }),
  )
}

/** Not by a loop over the stream: others listen to it as well. */
async function textOf(stream) {
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  await once(stream, 'close')
  return text
}

/**
 * The vendor's SDK in a Python environment in `folder`, installed where it is not there yet.
 *
 * @returns what it is started with, and what could not be had
 */
export async function preparePython(folder) {
  const home = join(folder, 'taegis-sdk-python')
  const program = join(
    home,
    ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
  )
  try {
    if (!existsSync(program)) {
      process.stderr.write('preparing the peer\n')
      mkdirSync(folder, { recursive: true })
      const options = { stdio: ['ignore', 'ignore', 'pipe'], timeout: 300_000 }
      execFileSync(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', home], options)
      execFileSync(program, ['-m', 'pip', 'install', '--quiet', 'taegis-sdk-python'], options)
    }
    const ask =
      'import importlib.metadata as m, sys; print(m.version("taegis-sdk-python"), "on Python", sys.version.split()[0])'
    const version = execFileSync(program, ['-c', ask], { encoding: 'utf8' }).trim()
    return { python: { program, version }, leftOut: [] }
  } catch (error) {
    return { python: undefined, leftOut: [`taegis-sdk-python: ${String(error).split('\n')[0]}`] }
  }
}

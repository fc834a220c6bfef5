import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeNotebook } from '../notebook/nbformat.js'
import { findChromium } from '../support/capabilities.js'
import {
  type CliHome,
  type CliResult,
  findLeaks,
  guardSecretsOf,
  openHome,
  program,
  writtenText,
} from '../support/cli.js'
import { waitFor } from '../support/kernel-session.js'
import { readmeCells, readmeCommands } from '../support/readme.js'
import { startTaegis, type TaegisServer } from '../support/taegis-server.js'

/** What a command of the README needs before it, and what it must do. */
interface Step {
  /** Files that the reader has, where the README does not say how they come. */
  files?: Record<string, string>
  before?: () => Promise<void> | void
  env?: () => Record<string, string>
  /** What the reader puts in place of `<id>`. */
  id?: () => Promise<string>
  /** Arguments behind those of the README. */
  adding?: string
  /** Typed when the command, in a terminal, asks for it. */
  answers?: [question: RegExp, answer: string | (() => string)][]
  status?: number
  /** Ended by Ctrl-C when this stands on the screen. */
  enough?: RegExp
  shows?: RegExp
  check?: (result: CliResult) => void
}

/** Of a command for a question, or for what is enough. */
const longestWaitMs = 40_000

let server: TaegisServer
let home: CliHome

const count = '{ alertsServiceSearch(in: { cql_query: "FROM alert", limit: 3 }) { alerts { list { id } } } }'
/** A notebook's own parameters, as the README has them. */
const parameters = () => readmeCells().find((cell) => cell.includes('/** Host names. */')) ?? ''
function hunt(): string {
  const notebook = JSON.parse(makeNotebook(parameters(), 'console.log(region, hosts.join())'))
  notebook.cells[0].metadata.tags = ['parameters']
  return JSON.stringify(notebook)
}
const created = (path: string) => () =>
  expect(readdirSync(dirname(home.path(path)))).toContain(path.split('/').at(-1))
const kernelIn =
  (folder: string, name = 'xdrlab') =>
  () => {
    const spec = join(folder, 'share', 'jupyter', 'kernels', name, 'kernel.json')
    expect(JSON.parse(readFileSync(spec, 'utf8')).argv).toContain('{connection_file}')
  }
const userKernels = () => join(home.home, '.local', 'share', 'jupyter', 'kernels')
const git = (...args: string[]) => home.shell(`git -c init.defaultBranch=main ${args.join(' ')}`)

/** What is run here, in the order of the README. */
const steps: Record<string, Step> = {
  'npx xdrlab install': {
    shows: /TypeScript \(xdrlab\)/,
    check: () => expect(readdirSync(userKernels())).toEqual(['xdrlab']),
  },
  'npx xdrlab install --sys-prefix': {
    env: () => ({ VIRTUAL_ENV: home.path('venv') }),
    check: () => kernelIn(home.path('venv'))(),
  },
  'npx xdrlab install --prefix ~/envs/soc': { check: () => kernelIn(join(home.home, 'envs', 'soc'))() },
  'npx xdrlab install --name xdrlab-next --display-name "TypeScript (next)"': {
    shows: /TypeScript \(next\)/,
    check: () => expect(readdirSync(userKernels()).sort()).toEqual(['xdrlab', 'xdrlab-next']),
  },
  'npx xdrlab uninstall': { check: () => expect(readdirSync(userKernels())).toEqual(['xdrlab-next']) },
  'npx xdrlab query --check *.graphql': { files: { 'a.graphql': count, 'b.graphql': count } },
  "npx xdrlab types 'src/**/*.ts' -o src/documents.d.ts": {
    before: () => {
      mkdirSync(home.path('src'))
      writeFileSync(home.path('src/a.ts'), `import { gql } from 'xdrlab'\nexport const a = gql\`${count}\`\n`)
    },
    check: created('src/documents.d.ts'),
  },
  'npx xdrlab new': { shows: /01-getting-started[\s\S]+13-sensor-health/ },
  'npx xdrlab new triage': {
    answers: Array.from({ length: 12 }, (): [RegExp, string] => [/: $/, '\r']),
    check: () => expect(readdirSync(home.folder).filter((name) => name.includes('triage'))).toHaveLength(1),
  },
  'npx xdrlab new 05 hunt.ipynb -p region=eu --yes': { check: created('hunt.ipynb') },
  'npx xdrlab run hunt.ipynb --help': { shows: /hosts[\s\S]*Host names\./ },
  'npx xdrlab run hunt.ipynb -p region=eu -p hosts=web-1 -p hosts=web-2 -f values.yaml': {
    files: { 'values.yaml': 'region: us1\n' },
    shows: /eu web-1,web-2/,
    check: created('hunt.executed.ipynb'),
  },
  'npx xdrlab run hunt.ipynb --unattended --total-timeout 600 --on-error continue --json': {
    check: ({ stdout }) => expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toHaveProperty('cells'),
  },
  'npx xdrlab run review.ipynb --tenants all --concurrency 4 -o reviews': {
    before: () => void home.write('review.ipynb', makeNotebook('process.env.XDRLAB_TENANT')),
    // A kernel for each of forty tenants; the page grows with them.
    enough: /^✓ .+ · 1 of 1 cell/m,
    check: created('reviews/index.html'),
  },
  'npx xdrlab report hunt.executed.ipynb': { check: created('hunt.executed.html') },
  'npx xdrlab report hunt.executed.ipynb --to pdf': { check: created('hunt.executed.pdf') },
  'npx xdrlab report hunt.executed.ipynb --to md --no-input': { check: created('hunt.executed.md') },
  'npx xdrlab share check triage.ipynb': {
    before: () =>
      void home.write(
        'triage.ipynb',
        makeNotebook(`console.log('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln')`),
      ),
    status: 1,
  },
  'npx xdrlab share clean triage.ipynb': {},
  'npx xdrlab share install-hook': {
    before: async () => void (await git('init', '-q')),
    check: () => expect(readdirSync(home.path('.git/hooks'))).toContain('pre-commit'),
  },
  'xdrlab clients create nightly --role auditor --file nightly.json': {
    answers: [[/Type yes: $/, 'yes\r']],
    check: created('nightly.json'),
  },
  'xdrlab clients list --name nightly': { shows: /nightly/ },
  'xdrlab clients rotate <id>': {
    id: clientId,
    answers: [
      [
        /secret.*: $/i,
        () => `${JSON.parse(readFileSync(home.path('nightly.json'), 'utf8')).client_secret}\r`,
      ],
      [/Type yes: $/, 'yes\r'],
    ],
  },
  'xdrlab clients delete <id> --yes': { id: clientId },
  'xdrlab whoami': { shows: /Signed in as analyst@sandbox\.example/ },
  'xdrlab query alerts.graphql -v \'{"limit": 10}\'': {
    files: {
      'alerts.graphql':
        'query($limit: Int) { alertsServiceSearch(in: { cql_query: "FROM alert", limit: $limit }) { alerts { list { id } } } }',
    },
    check: ({ stdout }) => expect(JSON.parse(stdout).alertsServiceSearch.alerts.list).toHaveLength(10),
  },
  'xdrlab get /assets/version': { check: ({ stdout }) => expect(JSON.parse(stdout)).toHaveProperty('tag') },
  'xdrlab query events.graphql --path /events/query': {
    files: {
      'events.graphql':
        'subscription { eventQuery(query: "FROM process EARLIEST=-1d", options: { pageSize: 5 }) { result { rows } } }',
    },
    check: ({ stdout }) => {
      for (const line of stdout.trim().split('\n')) expect(typeof JSON.parse(line)).toBe('object')
    },
  },
  'xdrlab cache ls': {},
  'xdrlab clients list': { check: ({ stdout }) => expect(JSON.parse(stdout)).toHaveProperty('clients') },
  'xdrlab run notebook.ipynb': {
    before: () => void home.write('notebook.ipynb', makeNotebook('const n: number = 6 * 7\nn')),
    shows: /42/,
    check: created('notebook.executed.ipynb'),
  },
  // Its own limit is for a person's machine: other tests run beside this one.
  'xdrlab doctor': { shows: /Node/, adding: ' --timeout 30' },
  'xdrlab completion bash': { shows: /complete .*xdrlab/ },
  'xdrlab logout --all': { shows: /signed out: analyst@sandbox\.example/ },
}

/** What cannot be run here, and why. */
const notRun: Record<string, string> = {
  'npm ci && npm start':
    'installs packages; CI begins with npm ci, and test/cli/run.test.ts runs the notebook on the sandbox',
  'npm ci && npm test': 'these are the tests',
  'npx xdrlab new --add https://git.example/soc/notebooks.git':
    'needs a server; test/cli/new-git.test.ts adds a repository',
  'xdrlab login --region eu': 'a real tenant; the sign-in before these commands is the same on the sandbox',
  'xdrlab import taegis-sdk': 'needs the vendor’s SDK; test/cli/import.test.ts has its files',
  'xdrlab sandbox': 'its port may be taken here; test/cli/sandbox.test.ts starts it on a free one',
  'xdrlab sandbox --all': 'as above',
  ...(findChromium() === undefined && process.env.CI !== 'true'
    ? { 'npx xdrlab report hunt.executed.ipynb --to pdf': 'there is no Chromium on this machine' }
    : {}),
}

async function clientId(): Promise<string> {
  const { stdout } = await home.run(['clients', 'list', '--name', 'nightly', '--json'])
  return JSON.parse(stdout).clients[0].id
}

beforeAll(async () => {
  server = await startTaegis({ intervalS: 1, alerts: 3000 })
  home = openHome({ XDRLAB_SANDBOX_URL: server.origin, XDRLAB_REGION: 'sandbox', XDRLAB_TYPES: 'off' })
  // Nothing of the machine's environment but where programs are, and ours.
  const bin = join(home.home, 'bin')
  mkdirSync(bin)
  // npm makes the file executable when it links it.
  writeFileSync(join(bin, 'xdrlab'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, {
    mode: 0o755,
  })
  // npx finds a package's own command; it takes seconds to do so, and nothing of it is ours.
  writeFileSync(join(bin, 'npx'), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 })
  home.env.PATH = `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`

  await using login = home.startInTerminal(['login'])
  await login.until(/Taegis username: $/)
  login.type(`${server.sandbox.user.username}\r`)
  await login.until(/Waiting for the browser/)
  await server.approve()
  expect((await login.exited).status).toBe(0)
})

afterAll(async () => {
  guardSecretsOf(server)
  await home[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
  expect(findLeaks()).toEqual([])
})

test('every command of the README is run here, or listed with the reason why not', () => {
  expect([...new Set(readmeCommands())].sort()).toEqual(
    [...Object.keys(steps), ...Object.keys(notRun)].sort(),
  )
  expect(Object.keys(steps).filter((command) => command in notRun && !command.endsWith('--to pdf'))).toEqual(
    [],
  )
})

test.each(Object.keys(steps).filter((command) => !(command in notRun)))('%s', async (command) => {
  const step = steps[command] ?? {}
  for (const [name, text] of Object.entries(step.files ?? {})) home.write(name, text)
  // From here on hunt.ipynb is a notebook with the parameters of the README.
  if (command === 'npx xdrlab run hunt.ipynb --help') home.write('hunt.ipynb', hunt())
  await step.before?.()
  const line = command.replace('<id>', (await step.id?.()) ?? '') + (step.adding ?? '')
  const result = await runStep(line, step)
  expect(result.status, `${result.stdout}\n${result.stderr}`).toBe(
    step.enough === undefined ? (step.status ?? 0) : 130,
  )
  expect(result.stdout).toMatch(step.shows ?? /[\s\S]*/)
  step.check?.(result)
})

function runStep(line: string, step: Step): Promise<CliResult> {
  if (step.enough !== undefined) return runUntil(line, step.enough)
  return step.answers === undefined ? runQuietly(line, step) : runInTerminal(line, step.answers)
}

/** The words of a line without quotes, behind the command's own name. */
function argumentsIn(line: string): string[] {
  return line.replace(/^(npx )?xdrlab /, '').split(' ')
}

async function runUntil(line: string, enough: RegExp): Promise<CliResult> {
  await using running = home.start(argumentsIn(line))
  await waitFor(() => enough.exec(running.stdout) ?? undefined, longestWaitMs)
  running.kill('SIGINT')
  return await running.exited
}

function runQuietly(line: string, { env = () => ({}) }: Step): Promise<CliResult> {
  const assignments = Object.entries(env()).map(([name, value]) => `${name}='${value}' `)
  return home.shell(`${assignments.join('')}${line}`)
}

async function runInTerminal(line: string, answers: NonNullable<Step['answers']>): Promise<CliResult> {
  await using running = home.startInTerminal(argumentsIn(line))
  let isOver = false
  void running.exited.then(() => {
    isOver = true
  })
  let seen = 0
  for (const [question, answer] of answers) {
    const isAsked = () => question.test(writtenText(running.stdout.slice(seen)))
    await waitFor(() => isOver || isAsked() || undefined, longestWaitMs)
    if (isOver) break
    seen = running.stdout.length
    running.type(typeof answer === 'string' ? answer : answer())
  }
  // Before it is disposed of.
  return await running.exited
}

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CliHome, openHome, program } from './cli.js'

export type ShellName = 'bash' | 'zsh' | 'fish'

/** In place of the command: proposals come from it, and of what is run it shows what it was given. */
const asked = `"${process.execPath}" "${program}"`
const stand = `xdrlab() {
  if [ "$1" = __complete ]; then ${asked} "$@"; else printf 'ran<%s>\\n' "$*"; fi
}
PS1='ready> '
`

/** What each shell reads at its start, and how it is started with it. */
const shells: Record<ShellName, { rc: string; name: string; command: (folder: string) => string }> = {
  bash: {
    name: 'bashrc',
    rc: `${stand}eval "$(${asked} completion bash)"\n`,
    command: (folder) => `bash --noprofile --rcfile ${join(folder, 'bashrc')} -i`,
  },
  zsh: {
    name: '.zshrc',
    rc: `autoload -Uz compinit && compinit -u -D\n${stand}source <(${asked} completion zsh)\n`,
    command: (folder) => `ZDOTDIR=${folder} zsh -d -i`,
  },
  fish: {
    name: 'config.fish',
    rc: `function xdrlab
  if test "$argv[1]" = __complete
    ${asked} $argv
  else
    printf 'ran<%s>\\n' "$argv"
  end
end
function fish_prompt; printf 'ready> '; end
set -g fish_greeting
${asked} completion fish | source
`,
    command: (folder) => `fish --no-config -i -C 'source ${join(folder, 'config.fish')}'`,
  },
}

/** Of util-linux. */
const pseudoTerminal = 'script'

/** A shell at a terminal, as a person has it before them. */
class ShellSession implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #listeners = new Set<() => void>()
  #written = ''
  #ended = false

  constructor(shell: ShellName, home: CliHome) {
    const { rc, name, command } = shells[shell]
    const folder = join(home.home, shell)
    mkdirSync(folder)
    writeFileSync(join(folder, name), rc)
    const line = `stty cols 200 rows 60; exec env ${command(folder)}`
    this.#child = spawn(pseudoTerminal, ['-qefc', line, '/dev/null'], {
      cwd: home.folder,
      env: { ...home.env, SHELL: '/bin/sh' },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#written += text
      for (const listener of this.#listeners) listener()
    })
    this.#child.stdin?.on('error', () => {})
    this.#child.once('close', () => {
      this.#ended = true
      for (const listener of this.#listeners) listener()
    })
  }

  /** All that was written since the last time it was forgotten. */
  get text(): string {
    return stripVTControlCharacters(this.#written)
  }

  forget(): void {
    this.#written = ''
  }

  type(text: string): void {
    this.#child.stdin?.write(text)
  }

  /** Waits until it is written. */
  until(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const finish = (then: () => void) => {
        clearTimeout(timer)
        this.#listeners.delete(look)
        then()
      }
      const look = () => {
        const found = pattern.exec(this.text)
        if (found !== null) finish(() => resolve(found))
        else if (this.#ended) finish(() => reject(new Error(`it ended before ${pattern}:\n${this.text}`)))
      }
      const timer = setTimeout(
        () => finish(() => reject(new Error(`time ran out before ${pattern}:\n${this.text}`))),
        30_000,
      )
      this.#listeners.add(look)
      look()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      if (this.#ended) resolve()
      this.#child.once('close', () => resolve())
    })
    this.#child.kill('SIGKILL')
    await closed
  }
}

/** What is typed, with the tab key where it is pressed, and what runs then. */
const lines: [string, string, string][] = [
  ['a command', 'logi\t', 'login'],
  ['a command of a group', 'clients rot\t', 'clients rotate'],
  ['an option', 'query --stric\t', 'query --strict'],
  ['an option that others begin like', 'login --no\t', 'login --no-browser'],
  ['a value that is one of a few', 'login --method dev\t', 'login --method device'],
  ['a region', 'login --region apne\t', 'login --region apne1'],
  ['a region behind =', 'login --region=apne\t', 'login --region=apne1'],
  ['a region of the platform that is named', 'login cisco-xdr -r apj\t', 'login cisco-xdr -r apjc'],
  ['a platform', 'login secure\t', 'login secure-endpoint'],
  ['a platform of one’s own', 'whoami --provider des\t', 'whoami --provider desk'],
  ['an account', 'login -u ana\t', 'login -u ana@example.com'],
  ['an account behind its @', 'login -u ana@exa\t', 'login -u ana@example.com'],
  ['an account right behind its @', 'login -u ana@\t', 'login -u ana@example.com'],
  ['a tenant', 'login -t 505\t', 'login -t 50530'],
  ['a shell', 'completion fi\t', 'completion fish'],
  ['a notebook, among other files', 'run triage\t', 'run triage.ipynb'],
  ['a notebook in a folder with a space', 'run my\tdeep\t', 'run my notes/deep.ipynb'],
  ['a document', 'query ale\t', 'query alerts.graphql'],
  ['any file', 'types alerts.j\t', 'types alerts.json'],
  ['a folder', 'install --prefix my\t', 'install --prefix my notes'],
  ['nothing where nothing fits', 'logi --nonsense\t', 'logi --nonsense'],
]

/** The tests of a shell, which has to be on this machine. */
export function testCompletion(shell: ShellName): void {
  let home: CliHome
  let session: ShellSession

  beforeAll(async () => {
    home = openHome()
    for (const name of ['triage.ipynb', 'triage.txt', 'alerts.graphql', 'alerts.json']) home.write(name, '')
    mkdirSync(home.path('my notes'))
    home.write('my notes/deep.ipynb', '')
    home.write('my notes/deep.csv', '')
    writeFileSync(
      join(home.home, 'providers.json'),
      '{ "desk": { "kind": "basic", "api": "https://desk.example" } }',
    )
    mkdirSync(home.profiles)
    const profile = {
      ...{ version: 1, provider: 'taegis', region: 'us1', origin: 'https://api.ctpx.secureworks.com' },
      ...{
        account: 'ana@example.com',
        savedAt: 1,
        session: { accessToken: 'a-token-of-a-test', tenants: ['50530'] },
      },
    }
    writeFileSync(join(home.profiles, 'ana.json'), JSON.stringify(profile))
    session = new ShellSession(shell, home)
    await session.until(/ready> \s*$/)
  })

  afterAll(async () => {
    await session[Symbol.asyncDispose]()
    await home[Symbol.asyncDispose]()
  })

  test.each(lines)('%s: xdrlab %j runs %j', async (_name, typed, runs) => {
    session.forget()
    session.type(`xdrlab ${typed}\r`)
    const [, ran] = await session.until(/ran<([^>]*)>[\s\S]*ready> \s*$/)
    // Some take the slash behind a folder away with the line's end.
    expect(ran?.trimEnd().replace(/\/$/, '')).toBe(runs)
    expect(session.text).not.toContain('a-token-of-a-test')
  })

  // The last one: the line stays as it is.
  test('what may come is listed', async () => {
    session.forget()
    session.type('xdrlab clients \t\t')
    await session.until(/create[\s\S]*delete[\s\S]*list[\s\S]*rotate/)
  })
}

import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { parseSync } from 'oxc-parser'
import type { Case } from './corpus-case.js'

const run = promisify(execFile)

/**
 * What plain Node gives: each case is one module script, its cells one after the other, compiled by TypeScript's own
 * compiler (ours would make the same mistakes on both sides), all run by one process in `folder`.
 */
export async function runInNode(cases: readonly Case[], folder: string): Promise<string[]> {
  const sources = join(folder, 'node-sources')
  mkdirSync(sources)
  for (const [index, { cells }] of cases.entries()) {
    writeFileSync(join(sources, `case-${index}.mts`), cells.map(recorded).join('\n'))
  }
  await compile(sources, folder)
  const runner = join(folder, 'node-runner.mjs')
  const answers = join(folder, 'node-answers.json')
  writeFileSync(runner, runnerText)
  await run(process.execPath, [runner, String(cases.length), answers], { cwd: folder })
  return JSON.parse(readFileSync(answers, 'utf8'))
}

/** The compiler makes something of any text: what it complains of is handed to Node as it is. */
async function compile(sources: string, outDir: string): Promise<void> {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json')
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'))
  const options = {
    target: 'es2022',
    module: 'nodenext',
    experimentalDecorators: true,
    isolatedModules: true,
    verbatimModuleSyntax: true,
    noCheck: true,
    noResolve: true,
    skipLibCheck: true,
    types: [],
    rootDir: sources,
    outDir,
  }
  writeFileSync(
    join(sources, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, include: ['*.mts'], exclude: [] }),
  )
  try {
    await run(process.execPath, [join(dirname(manifest), bin.tsc), '-p', sources])
  } catch (error) {
    const complaints = error instanceof Error && 'stdout' in error ? String(error.stdout) : ''
    if (!complaints.includes('error TS')) throw error
    // Those from TS1001 to TS1999 are of the syntax.
    for (const [, name] of complaints.matchAll(/(case-\d+)\.mts\(\d+,\d+\): error TS1\d{3}:/g)) {
      copyFileSync(join(sources, `${name}.mts`), join(outDir, `${name}.mjs`))
    }
  }
}

/** A cell that hands over the value of its last expression, as the kernel would show it. */
function recorded(cell: string): string {
  const { program, comments } = parseSync('cell.ts', cell, { lang: 'ts', sourceType: 'module' })
  const last = program.body.at(-1)
  const begin = ';__corpus.begin();'
  if (last?.type !== 'ExpressionStatement') return `${begin}${cell}`
  const end = comments.reduceRight(
    (text, comment) => (text.length === comment.end ? cell.slice(0, comment.start).trimEnd() : text),
    cell.trimEnd(),
  )
  if (end.endsWith(';')) return `${begin}${cell}`
  const { start } = last
  return `${begin}${cell.slice(0, start)};__corpus.value(await (${end.slice(start)}\n));`
}

const runnerText = `
import { writeFileSync } from 'node:fs'
import { inspect, types } from 'node:util'
const [count, answers] = process.argv.slice(2)
let record = ''
globalThis.__corpus = {
  begin() {},
  value(value) {
    if (value !== undefined) record += '⇒ ' + inspect(value, { depth: 4, maxArrayLength: 100, maxStringLength: 10000, breakLength: 100 }) + '\\n'
  },
}
process.stdout.write = (text) => { record += text; return true }
process.stderr.write = (text) => { record += String(text).replace(/^(?=.)/gm, '! '); return true }
process.on('unhandledRejection', () => {})
const results = []
for (let index = 0; index < Number(count); index++) {
  record = ''
  try {
    await import('./case-' + index + '.mjs')
  } catch (error) {
    if (error instanceof SyntaxError) record += '✗ SyntaxError\\n'
    else record += types.isNativeError(error) ? '✗ ' + error.name + ': ' + error.message + '\\n' : '✗ ' + inspect(error) + '\\n'
  }
  results.push(record)
}
writeFileSync(answers, JSON.stringify(results))
`

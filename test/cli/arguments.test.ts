import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { readArguments } from '../../src/cli/arguments.js'
import { withOptions } from '../../src/cli/command-line.js'
import { placeLines, queryLines } from '../../src/cli/option-lines.js'

const lines = [...placeLines, ...queryLines]

/** What commander makes of the same command line; `undefined` where it refuses. */
function byCommander(args: readonly string[]): unknown {
  let found: unknown
  const program = withOptions(new Command('query').argument('<file>'), lines)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: () => {} })
    .action((argument, options) => {
      found = { argument, options }
    })
  try {
    program.parse([...args], { from: 'user' })
  } catch {
    return undefined
  }
  return found
}

describe('a plain command line is read as commander reads it', () => {
  test.each([
    ['q.graphql'],
    ['-'],
    ['q.graphql --json --strict --dry-run --yes'],
    ['--json q.graphql'],
    ['-v {"a":1} -o One q.graphql'],
    ['q.graphql --variables=@v.json --operation=One'],
    ['q.graphql --variables={"a":"b=c"}'],
    ['q.graphql --timeout 2.5 --path /events/query'],
    ['q.graphql -p cisco-xdr --method client -r eu -t 50530 -u ana@example.com'],
    ['q.graphql --issuer https://id.example --client-id one --scope a --api https://api.example'],
    ['q.graphql --region us1 --region us2'],
    ['q.graphql --trace --url http://127.0.0.1:1'],
  ])('%s', (text) => {
    const args = text.split(' ')
    const read = readArguments(args, lines)
    expect(read?.argument).toMatch(/^(q\.graphql|-)$/)
    expect(read).toEqual(byCommander(args))
  })
})

describe('what is not plainly right is left to commander', () => {
  test.each([
    ['no file', ''],
    ['two files', 'a.graphql b.graphql'],
    ['an option of nobody’s', 'q.graphql --jsn'],
    ['a question for help', 'q.graphql --help'],
    ['the version', '--version'],
    ['a value that is missing', 'q.graphql --variables'],
    ['a value that looks like an option', 'q.graphql --variables --json'],
    ['a value for an option that takes none', 'q.graphql --json=yes'],
    ['a time in words', 'q.graphql --timeout soon'],
    ['a time below zero', 'q.graphql --timeout=-1'],
    ['a method of nobody’s', 'q.graphql --method magic'],
    ['short options in one', 'q.graphql -vx'],
    ['the end of options', '-- q.graphql'],
    ['a name of every object’s', 'q.graphql --constructor'],
  ])('%s: %s', (_what, text) => {
    expect(readArguments(text === '' ? [] : text.split(' '), lines)).toBeUndefined()
  })
})

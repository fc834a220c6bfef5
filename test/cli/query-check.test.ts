import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CliHome, openHome } from '../support/cli.js'

let home: CliHome
beforeAll(() => {
  home = openHome({})
})
afterAll(async () => {
  await home[Symbol.asyncDispose]()
})

const right = 'query { notebook { id } }'
const wrong = 'query {\n  currentTDRUser { emial }\n  clients { id }\n}'

test('what is wrong is told with its file, line and column, and nobody signs in', async () => {
  const file = home.write('wrong.graphql', wrong)
  const { status, stdout } = await home.run(['query', '--check', '--region', 'sandbox', file])
  expect(status).toBe(1)
  expect(stdout).toBe(
    [
      `${file}:2:20: error: Cannot query field "emial" on type "TDRUser". Did you mean "email"? [FieldsOnCorrectType]`,
      '    currentTDRUser { emial }',
      '                     ^^^^^',
      `${file}:3:3: hint: The field Query.clients is deprecated. No longer supported [NoDeprecated]`,
      '    clients { id }',
      '    ^^^^^^^',
      '',
    ].join('\n'),
  )
})

test('several files, one of them wrong', async () => {
  const files = [home.write('right.graphql', right), home.write('broken.graphql', 'query {')]
  const { status, stdout } = await home.run(['query', '--check', '--region', 'sandbox', ...files])
  expect(status).toBe(1)
  expect(stdout).toContain(`${files[0]}: nothing is wrong\n`)
  expect(stdout).toContain(`${files[1]}:1:8: error: Expected Name, found <EOF>. [Syntax]`)
})

test('what is right ends with 0; deprecated is not wrong', async () => {
  const file = home.write('deprecated.graphql', '{ clients { id } }')
  const { status, stderr } = await home.run(['query', '--check', '--region', 'sandbox', file])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})

test('for a real region it says by which schema it went', async () => {
  const file = home.write('right.graphql', right)
  const { status, stderr } = await home.run(['query', '--check', '--region', 'us1', file])
  expect(status).toBe(0)
  expect(stderr).toContain('the schema that ships')
})

test('as JSON', async () => {
  const file = home.write('wrong.graphql', wrong)
  const { status, stdout } = await home.run(['query', '--check', '--json', '--region', 'sandbox', file])
  expect(status).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    schema: { kind: 'snapshot' },
    files: [
      {
        file,
        problems: [
          { severity: 'error', rule: 'FieldsOnCorrectType', line: 2, column: 20 },
          { severity: 'hint', rule: 'NoDeprecated', line: 3, column: 3 },
        ],
      },
    ],
  })
})

test('standard input, and a path of the platform', async () => {
  const args = ['query', '--check', '--region', 'sandbox', '--path', '/cql-metadata/query', '-']
  const { status } = await home.run(args, {
    input: '{ validateEventQuery(query: "FROM process") { types } }',
  })
  expect(status).toBe(0)
  const elsewhere = await home.run(args, { input: right })
  expect(elsewhere.status).toBe(1)
})

test('several files are checked, never sent', async () => {
  const files = [home.write('right.graphql', right), home.write('right2.graphql', right)]
  const { status, stderr } = await home.run(['query', ...files])
  expect(status).toBe(2)
  expect(stderr).toContain('one document')
})

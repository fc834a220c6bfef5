import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CliHome, type CliResult, openHome } from '../support/cli.js'
import { startTaegis, taegisPaths } from '../support/taegis-server.js'
import { equalType, type TypeScriptProject, typeScriptProject } from '../support/typescript.js'
import { typedDocuments } from './documents.js'

let home: CliHome
beforeAll(() => {
  home = openHome()
})
afterAll(() => home[Symbol.asyncDispose]())

function types(project: TypeScriptProject, ...args: string[]): Promise<CliResult> {
  return home.run(['types', ...args], { cwd: project.folder })
}

const head = `import { gql, type Rows, type XdrClient } from 'xdrlab'\ndeclare const xdr: XdrClient\n`

test('texts in parentheses have exactly the types of their documents', async () => {
  using project = typeScriptProject()
  const calls = typedDocuments.map(({ source, kind, given, row }, i) => {
    const lines = [`const document${i} = gql(${i % 2 === 0 ? `\`${source}\`` : JSON.stringify(source)})`]
    const is = (value: string, type: string) =>
      lines.push(`const ${type}_ = ${value}\nexport const is${type}: Equal<typeof ${type}_, ${type}> = true`)
    if (kind === 'subscription') {
      lines.push(`for await (const m of xdr.subscribe(document${i}, ${given})) take(m)
        function take(m: Data${i}): Data${i} { return m }`)
    } else is(`await xdr.query(document${i}, ${given})`, `Data${i}`)
    if (row !== undefined) is(`xdr.rows(document${i}, ${given})`, `Row${i}`)
    return lines.join('\n')
  })
  project.write('calls.ts', `${head}${calls.join('\n')}`)

  expect(await types(project, 'calls.ts')).toMatchObject({
    status: 0,
    // One of them has three fragments, another has one.
    stdout: `xdrlab-types.d.ts: types of ${typedDocuments.length + 4} documents\n`,
    stderr: '',
  })

  const written = readFileSync(join(project.folder, 'xdrlab-types.d.ts'), 'utf8')
  const names = [...written.matchAll(/^export (?:type|interface) (\w+)/gm)].map(([, name]) => name)
  const expected = typedDocuments.flatMap(({ data, row }, i) => [
    `type Data${i} = ${data}`,
    `type Row${i} = Rows<${row ?? 'never'}>`,
  ])
  const imports = `import type { ${names.join(', ')} } from './xdrlab-types.js'\n`
  project.write('calls.ts', `${imports}${equalType}${expected.join('\n')}\n${head}${calls.join('\n')}`)
  expect(await project.check()).toBe('')
})

test('tagged templates and files have their types by name, and what is wrong is an error of the compiler', async () => {
  using project = typeScriptProject()
  project.write(
    'queries/assets.graphql',
    'query all_assets($first: Int!) { assetsV2(first: $first) { assets { ...asset } } }',
  )
  project.write('queries/parts.gql', 'fragment asset on AssetV2 { id osFamily }\n# nothing else\n')
  project.write('queries/empty.graphql', '# to come\n')
  const program = (field: string, variable: string) => `
    import type { AllAssetsQuery, AllAssetsQueryVariables, AssetFragment, FindQuery, FindQueryVariables } from './xdrlab-types.js'
    import { readFileSync } from 'node:fs'
    import { gql, type XdrClient } from 'xdrlab'
    declare const xdr: XdrClient
    const fields = gql\`fragment found on Alert2 { id status }\`
    const find = gql<FindQuery, FindQueryVariables>\`
      query ($in: SearchRequestInput!) { alertsServiceSearch(in: $in) { alerts { list { ...found } } } }
      \${fields}\`
    const { alertsServiceSearch } = await xdr.query(find, { in: { ${variable}: 'FROM alert' } })
    console.log(alertsServiceSearch?.alerts?.list?.[0]?.${field})
    const text = readFileSync('queries/assets.graphql', 'utf8')
    const { assetsV2 } = await xdr.query<AllAssetsQuery, AllAssetsQueryVariables>(text, { first: 1 })
    export const asset: AssetFragment | undefined = assetsV2?.assets?.[0]
  `
  project.write('src/find.mts', program('status', 'cql_query'))

  expect(await types(project, 'src', 'queries', '-o', 'src/xdrlab-types.d.ts')).toMatchObject({
    status: 0,
    stdout: 'src/xdrlab-types.d.ts: types of 4 documents\n',
    stderr: '',
  })
  expect(await project.check()).toBe('')

  project.write('src/find.mts', program('state', 'cql_query'))
  expect(await project.check()).toMatch(
    /^src\/find\.mts\(11,\d+\): error TS2339: Property 'state' does not exist on type '\{ id: string; status: ResolutionStatus \| null; \}'\.\n$/,
  )
  project.write('src/find.mts', program('status', 'cql'))
  expect(await project.check()).toMatch(
    /^src\/find\.mts\(10,\d+\): error TS2769: [\s\S]*'cql' does not exist in type 'SearchRequestInput'/,
  )
})

test('--check says whether the file is of today, and a file that is stays as it is', async () => {
  using project = typeScriptProject()
  const file = join(project.folder, 'xdrlab-types.d.ts')
  project.write('a.ts', 'gql`query a { currentTDRUser { id } }`')
  expect(await types(project, 'a.ts', '--check')).toMatchObject({
    status: 1,
    stdout: '',
    stderr: 'xdrlab-types.d.ts is out of date: run the same command without --check\n',
  })
  expect(existsSync(file)).toBe(false)

  await types(project, 'a.ts')
  const { mtimeMs } = statSync(file)
  expect(await types(project, 'a.ts', '--check')).toMatchObject({ status: 0, stdout: '', stderr: '' })
  await types(project, 'a.ts')
  expect(statSync(file).mtimeMs).toBe(mtimeMs)

  // As git writes it on Windows.
  const written = readFileSync(file, 'utf8')
  project.write('xdrlab-types.d.ts', written.replaceAll('\n', '\r\n'))
  expect(await types(project, 'a.ts', '--check')).toMatchObject({ status: 0 })
  project.write('a.ts', 'gql`query a { currentTDRUser { id email } }`')
  expect(await types(project, 'a.ts', '--check')).toMatchObject({ status: 1 })
})

test('every problem is told with its place, and nothing is written then', async () => {
  using project = typeScriptProject()
  project.write(
    'wrong.ts',
    [
      "import { gql } from 'xdrlab'",
      'const a = gql`query a { currentTDRUser { mail } }`',
      'const b = gql("query b {\\n\\tcurrentTDRUser { \\u0069d\\n nickname } }")',
      'const c = gql`query c($n: Int!) {',
      '  rules(count: $m) { ...rule }',
      `  \${a} tenant { id }`,
      '}`',
    ].join('\r\n'),
  )
  project.write('broken.graphql', 'query d {\n  currentTDRUser { id \n')

  const { status, stdout, stderr } = await types(project, '*.{ts,graphql}')

  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr.split('\n').filter((line) => /^\w+\.\w+:/.test(line))).toEqual([
    'broken.graphql:3:1: Expected Name, found <EOF>.',
    'wrong.ts:2:42: Cannot query field "mail" on type "TDRUser". Did you mean "email"?',
    'wrong.ts:3:56: Cannot query field "nickname" on type "TDRUser".',
    'wrong.ts:4:23: Variable "$n" is never used in operation "c".',
    'wrong.ts:5:16: Variable "$m" is not defined by operation "c".',
    'wrong.ts:5:25: Unknown fragment "rule".',
    'wrong.ts:6:8: Field "tenant" argument "id" of type "ID!" is required, but it was not provided.',
  ])
  expect(stderr).toContain(`
  const a = gql\`query a { currentTDRUser { mail } }\`
                                           ^^^^\n`)
  expect(stderr).toContain(
    '\nnothing was written: 7 problems\nthe schema that ships lacks much of the platform: ',
  )
  expect(existsSync(join(project.folder, 'xdrlab-types.d.ts'))).toBe(false)
})

test('names that are taken are told, or avoided', async () => {
  using project = typeScriptProject()
  project.write(
    'one.ts',
    'gql`query same { currentTDRUser { id } }`; gql`query tenants($n: Int) { rules(count: $n) { id } }`',
  )
  project.write('two.ts', 'gql`query same { currentTDRUser { id } }`')
  expect(await types(project, 'one.ts', 'two.ts')).toMatchObject({ status: 0 })
  // The schema has an input of the name TenantsQuery.
  const written = readFileSync(join(project.folder, 'xdrlab-types.d.ts'), 'utf8')
  expect([...written.matchAll(/^export type (\w+)/gm)].map(([, name]) => name)).toEqual([
    'SameQuery',
    'SameQueryVariables',
    'TenantsQueryResult',
    'TenantsQueryResultVariables',
  ])

  project.write('two.ts', 'const x = 1\n gql`query same { currentTDRUser { email } }`')
  const { status, stderr } = await types(project, 'one.ts', 'two.ts')
  expect(status).toBe(1)
  expect(stderr).toContain('two.ts:2:6: SameQuery is declared in one.ts already')
})

test('an operation without any name is told of, where its text is not known either', async () => {
  using project = typeScriptProject()
  project.write(
    'some.ts',
    'run(gql`{ currentTDRUser { id } }`)\nconst mine = gql`{ currentTDRUser { email } }`\ngql(`{ currentTDRUser { status } }`)',
  )
  expect(await types(project, 'some.ts')).toMatchObject({
    status: 0,
    stdout: 'xdrlab-types.d.ts: types of 2 documents\n',
    stderr: [
      'some.ts:1:9: no types: give the operation a name, or the text itself to gql(`…`)',
      '  run(gql`{ currentTDRUser { id } }`)',
      '          ^',
      '',
    ].join('\n'),
  })
  expect(readFileSync(join(project.folder, 'xdrlab-types.d.ts'), 'utf8')).toContain(
    'export type MineQuery = ',
  )
})

test('any schema may be given, and one that is none is told', async () => {
  using project = typeScriptProject()
  project.write(
    'api.graphql',
    'type Query { hosts: [Host!]! }\n"A machine */ of mine"\ntype Host { "Its name" name: String! @deprecated(reason: "none") big: Long odd: Odd }\nscalar Long\nscalar Odd',
  )
  project.write('a.ts', 'gql`query hosts { hosts { name big odd } }`')
  expect(await types(project, 'a.ts', '--schema', 'api.graphql', '-o', 'out.ts')).toMatchObject({ status: 0 })
  const written = readFileSync(join(project.folder, 'out.ts'), 'utf8')
  expect(written).toContain('     * @deprecated none\n     */\n    name: string\n')
  expect(written).toMatch(/big: number \| bigint \| null\n\s+odd: unknown\n/)

  project.write('api.graphql', 'type Query {\n  hosts [Host]\n}')
  const { status, stderr } = await types(project, 'a.ts', '--schema', 'api.graphql')
  expect(status).toBe(1)
  expect(stderr).toContain('api.graphql:2:9: Expected ":", found "[".\n    hosts [Host]\n          ^')
  expect(await types(project, 'a.ts', '--schema', 'missing.graphql')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('missing.graphql cannot be read (ENOENT)'),
  })
})

test('a platform is asked for its schema, once', async () => {
  await using server = await startTaegis({ intervalS: 1 })
  await using account = openHome()
  using project = typeScriptProject()
  project.write('a.ts', 'gql`query hosts { assetsV2 { assets { id } } }`')
  const login = account.startInTerminal(['login', '-u', server.sandbox.user.username, '--url', server.origin])
  await login.until(/Waiting for the browser/)
  await server.approve()
  expect((await login.exited).status).toBe(0)
  const run = () => account.run(['types', 'a.ts', '--url', server.origin], { cwd: project.folder })
  const asked = () =>
    server.proxy.to(taegisPaths.graphql).filter(({ body }) => body.includes('__schema')).length

  expect(await run()).toMatchObject({
    status: 0,
    stdout: 'xdrlab-types.d.ts: types of 1 document\n',
    stderr: '',
  })
  const once = asked()
  expect(once).toBeGreaterThan(0)
  project.write('a.ts', 'gql`query hosts { assetsV2 { assets { name } } }`')
  const { status, stderr } = await run()
  expect(status).toBe(1)
  // All of it is known: nothing is to be said of a part.
  expect(stderr).toMatch(/nothing was written: 1 problem\n$/)
  expect(asked()).toBe(once)
  expect(
    await account.run(['types', 'a.ts', '--url', server.origin, '--schema', 'x'], { cwd: project.folder }),
  ).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('--schema names a file, and another option a platform'),
  })
})

test('patterns are those of shells, and leave out what others have written', async () => {
  using project = typeScriptProject()
  const query = (name: string) => `gql\`query ${name} { currentTDRUser { id } }\``
  for (const path of [
    'src/a.ts',
    'src/deep/b.tsx',
    'src/deep/c.txt',
    'src/node_modules/x/d.ts',
    'src/.cache/e.ts',
    'f.js',
    'src/g.d.ts',
  ]) {
    project.write(path, query(`from_${path.replace(/\W/g, '_')}`))
  }
  const found = async (...patterns: string[]) => {
    await types(project, ...patterns)
    const written = readFileSync(join(project.folder, 'xdrlab-types.d.ts'), 'utf8')
    return [...written.matchAll(/^export type From(\w+)Query /gm)].map(([, name]) => name)
  }
  expect(await found('src')).toEqual(['SrcATs', 'SrcDeepBTsx'])
  expect(await found('./src/')).toEqual(['SrcATs', 'SrcDeepBTsx'])
  expect(await found('src/*.ts')).toEqual(['SrcATs'])
  expect(await found('**/*.{js,tsx}')).toEqual(['FJs', 'SrcDeepBTsx'])
  expect(await found('src/**/[ab].ts*')).toEqual(['SrcATs', 'SrcDeepBTsx'])
  expect(await found(join(project.folder, 'src/**/b.*'))).toEqual(['SrcDeepBTsx'])
  // By its name any file is taken.
  expect(await found('src/deep/c.txt')).toEqual(['SrcDeepCTxt'])
  expect(await types(project, 'lib/**/*.ts')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('lib/**/*.ts means no file'),
  })
})

import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Cell, type Notebook, readNotebook } from '../../src/notebook/notebook-file.js'
import { checkNotebook } from '../../src/notebook/share-check.js'
import { packageRoot } from '../../src/package.js'

function notebookOf(...cells: Partial<Cell>[]): Notebook {
  const whole = cells.map((cell) => ({
    cell_type: 'code' as const,
    metadata: {},
    source: '',
    outputs: [],
    ...cell,
  }))
  return { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: whole }
}

/** Made up, and put together here, so that no scanner of others takes this file for a leak. */
const githubToken = `ghp_${'aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5'}`
const jwt = [{ alg: 'none' }, { sub: 'someone' }]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.')

describe('a finding says', () => {
  test('cell, place, line, kind and what to do, and never the secret', () => {
    const notebook = notebookOf({ source: ['1 + 1\n', '\n', `const token = '${githubToken}'\n`] })
    const findings = checkNotebook(notebook)
    expect(findings).toEqual([
      { cell: 1, place: 'code', line: 3, kind: 'GitHub token', advice: expect.stringContaining('revoke it') },
    ])
    expect(JSON.stringify(findings)).not.toContain(githubToken)
  })

  test.each<[string, Partial<Cell> & { attachments?: object }, object]>([
    [
      'an e-mail address in Markdown',
      { cell_type: 'markdown', source: 'ask jane.doe@acme.io' },
      { kind: 'e-mail address', value: 'jane.doe@acme.io', place: 'markdown' },
    ],
    [
      'a token that was printed',
      { outputs: [{ output_type: 'stream', name: 'stdout', text: `a\nb ${jwt}.` }] },
      { kind: 'JSON web token', place: 'output 1', line: 2 },
    ],
    [
      'a host in a table',
      {
        outputs: [
          { output_type: 'display_data', data: { 'text/html': '<td>dc-01.acme.local</td>' }, metadata: {} },
        ],
      },
      { kind: 'host name', value: 'dc-01.acme.local', place: 'output 1 (text/html)' },
    ],
    [
      'a token deep in JSON',
      {
        outputs: [
          {
            output_type: 'display_data',
            data: { 'application/json': { a: [{ b: `Bearer ${jwt}.c2ln` }] } },
            metadata: {},
          },
        ],
      },
      { place: 'output 1 (application/json)' },
    ],
    [
      'a path in a stack',
      {
        outputs: [
          { output_type: 'error', ename: 'Error', evalue: 'x', traceback: ['at /home/jane/cases/a.ts:1:2'] },
        ],
      },
      { kind: 'machine path', value: '/home/jane' },
    ],
    [
      'a path of Windows',
      { source: "load('C:\\\\Users\\\\jane\\\\x.csv')" },
      { kind: 'machine path', place: 'code' },
    ],
    [
      'a tenant in a call',
      { source: "await connect(taegis, { tenant: '11063' })" },
      { kind: 'tenant id', value: '11063' },
    ],
    ['a tenant in metadata', { metadata: { tenant_id: 11063 } }, { kind: 'tenant id', place: 'metadata' }],
    [
      'a device code',
      {
        outputs: [
          {
            output_type: 'stream',
            name: 'stdout',
            text: '{"device_code":"GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS"}',
          },
        ],
      },
      { kind: 'device code' },
    ],
    [
      'a code of a sign-in',
      {
        outputs: [{ output_type: 'stream', name: 'stdout', text: 'https://x.example/?user_code=WDJB-MJHT' }],
      },
      { kind: 'user code' },
    ],
    [
      'a private key',
      {
        source: `-----BEGIN PRIVATE KEY-----\n${randomBytes(60).toString('base64')}\n-----END PRIVATE KEY-----`,
      },
      { kind: 'private key' },
    ],
    [
      'an attachment',
      { cell_type: 'markdown', attachments: { 'a.svg': { 'image/svg+xml': `<text>${githubToken}</text>` } } },
      { kind: 'GitHub token', place: 'attachment a.svg' },
    ],
  ])('%s', (_name, cell, expected) => {
    expect(JSON.stringify(checkNotebook(notebookOf({}, cell)))).not.toContain('WDJB-MJHT')
    expect(checkNotebook(notebookOf({}, cell))).toEqual([expect.objectContaining({ cell: 2, ...expected })])
  })

  test('what the notebook itself holds', () => {
    const notebook = { ...notebookOf(), metadata: { papermill: { input_path: '/Users/jane/hunt.ipynb' } } }
    expect(checkNotebook(notebook)).toEqual([expect.objectContaining({ cell: null, kind: 'machine path' })])
  })
})

/** What looks like something to a careless search: ids, hashes, images, charts, numbers, prose. */
const harmless: Record<string, (n: number) => Partial<Cell>> = {
  hashes: (n) => ({
    source: `const sha = '${'0123456789abcdef'.repeat(4).slice(n % 16)}${n}'; const md5 = '${randomBytes(16).toString('hex')}'`,
  }),
  ids: () => ({ source: Array.from({ length: 40 }, () => crypto.randomUUID()).join('\n') }),
  images: () => ({
    outputs: [
      {
        output_type: 'display_data',
        data: { 'image/png': randomBytes(200_000).toString('base64'), 'text/plain': '[image/png]' },
        metadata: {},
      },
    ],
  }),
  'images in HTML': () => ({
    outputs: [
      {
        output_type: 'display_data',
        data: { 'text/html': `<img src="data:image/png;base64,${randomBytes(200_000).toString('base64')}">` },
        metadata: {},
      },
    ],
  }),
  drawings: (n) => ({
    outputs: [
      {
        output_type: 'display_data',
        data: {
          'image/svg+xml': `<svg viewBox="0 0 ${n} 9"><path d="${Array.from({ length: 500 }, (_, i) => `M${i * n},${(i * 7919) % 101}`).join('')}"/></svg>`,
        },
        metadata: {},
      },
    ],
  }),
  charts: (n) => ({
    outputs: [
      {
        output_type: 'display_data',
        data: {
          'application/vnd.vegalite.v5+json': {
            data: {
              values: Array.from({ length: 300 }, (_, i) => ({
                x: i,
                y: (i * n) % 97,
                id: randomBytes(12).toString('base64url'),
              })),
            },
          },
        },
        metadata: {},
      },
    ],
  }),
  numbers: (n) => ({
    outputs: [
      {
        output_type: 'stream',
        name: 'stdout',
        text: Array.from({ length: 2_000 }, (_, i) => (i * n) % 256).join(', '),
      },
    ],
  }),
  prose: () => ({
    cell_type: 'markdown',
    source:
      'Basic authentication and bearer tokens: `Authorization: Bearer <token>`, set GITHUB_TOKEN to ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, AKIAIOSFODNN7EXAMPLE. Basic understanding; bearer-of-news. eyJ begins a token. Write to you@example.com. Tenants are listed; tenant: ask. The -----BEGIN PRIVATE KEY----- line.',
  }),
  code: () => ({
    source:
      "import { connect, taegis } from 'xdrlab'\nconst xdr = await connect(taegis, { region: 'us1', tenant })\nconst token = process.env.TOKEN\nthis.local(options.internal)\n@decorator class A {}\n// /home/jovyan/work npm i @types/node@20.19.43",
  }),
  'encoded rows': () => ({
    outputs: [
      {
        output_type: 'stream',
        name: 'stdout',
        text: Array.from({ length: 300 }, () => randomBytes(45).toString('base64')).join('\n'),
      },
    ],
  }),
}

describe('nothing is found', () => {
  test('in fifty clean notebooks', () => {
    const kinds = Object.values(harmless)
    const notebooks = Array.from({ length: 50 }, (_, n) =>
      notebookOf(...kinds.map((make) => make(n + 1)).slice(n % 5, 5 + (n % 6))),
    )
    expect(notebooks.flatMap(checkNotebook)).toEqual([])
  })

  test.each(Object.keys(harmless))('in %s', (kind) => {
    expect(checkNotebook(notebookOf(harmless[kind]?.(7) ?? {}))).toEqual([])
  })

  const folder = join(packageRoot, 'notebooks')
  const own = readdirSync(folder).filter((name) => name.endsWith('.ipynb') && !name.includes('.executed.'))
  test.each(own)('in our own %s', (name) => {
    expect(checkNotebook(readNotebook(join(folder, name)))).toEqual([])
  })
})

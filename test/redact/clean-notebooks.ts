import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { deflateSync } from 'node:zlib'
import { alphabets, randomNumbers, randomText } from './random-text.js'

type Random = () => number

const sha = (algorithm: string, text: string) => createHash(algorithm).update(text).digest()
const whole = (random: Random, below: number) => Math.floor(random() * below)
const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n')

/** What analysts' notebooks print that is no secret, and looks like one. */
const outputs: ((random: Random) => string)[] = [
  (random) => lines(30, (i) => `${sha('sha256', `${i}${random()}`).toString('hex')}  file-${i}.bin`),
  (random) =>
    lines(20, (i) => `commit ${sha('sha1', `${i}${random()}`).toString('hex')} (HEAD -> main, tag: v1.${i})`),
  (random) => lines(20, () => `"integrity": "sha512-${sha('sha512', `${random()}`).toString('base64')}",`),
  (random) => lines(30, () => uuid(random)),
  (random) =>
    lines(
      30,
      () =>
        `S-1-5-21-${whole(random, 4e9)}-${whole(random, 4e9)}-${whole(random, 4e9)}-${whole(random, 9999)}`,
    ),
  (random) => `data:image/png;base64,${deflateSync(randomText(3000, whole(random, 1e6))).toString('base64')}`,
  (random) =>
    lines(
      40,
      (i) =>
        `2026-03-0${(i % 9) + 1}T10:00:${10 + i}.${100 + whole(random, 900)}Z INFO GET /api/v1/hosts/${i}?page=${i} 200 ${whole(random, 900)} ms`,
    ),
  (random) =>
    lines(
      40,
      (i) =>
        `| ${i} | ${whole(random, 65_536)} | ${whole(random, 256)} | 10.${whole(random, 256)}.${whole(random, 256)}.${whole(random, 256)} |`,
    ),
  (random) => JSON.stringify(Array.from({ length: 400 }, () => whole(random, 256))),
  (random) => inspect(Buffer.from(randomText(200, whole(random, 1e6))), { maxArrayLength: null }),
  (random) =>
    JSON.stringify(
      {
        alerts: Array.from({ length: 20 }, () => ({
          id: `alert://priv:event-filter:${whole(random, 1e6)}:${uuid(random)}`,
          severity: random(),
        })),
      },
      null,
      2,
    ),
  (random) =>
    lines(
      20,
      () =>
        `powershell.exe -NoProfile -EncodedCommand ${Buffer.from(`Get-Process | Where-Object Id -eq ${whole(random, 9999)}`, 'utf16le').toString('base64')}`,
    ),
  (random) =>
    lines(
      20,
      (i) =>
        `    at Object.<anonymous> (file:///app/node_modules/some-package/dist/chunk-${randomText(8, i + whole(random, 1e6), alphabets.capitals)}.js:${i}:17)`,
    ),
  (random) =>
    lines(
      20,
      () =>
        `https://portal.example/tenants/${whole(random, 1e6)}/alerts?earliest=-1d&cursor=${Buffer.from(`{"offset":${whole(random, 1e6)}}`).toString('base64url')}`,
    ),
  (random) =>
    lines(
      20,
      (i) =>
        `${randomText(2, i, 'abcdef')}:${Array.from({ length: 19 }, () => whole(random, 256).toString(16).padStart(2, '0')).join(':')}`,
    ),
  () =>
    '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ3JhZnRlZCBmb3IgYSB0ZXN0IG9ubHkwCgYIKoZIzj0E\n-----END CERTIFICATE-----\n-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEY3JhZnRlZCBmb3IgYSB0ZXN0IG9u\n-----END PUBLIC KEY-----',
  () =>
    'Authorization: Bearer <your token>\nAuthorization: Bearer $TOKEN\nAuthorization: Basic <credentials>\nuse Bearer authentication-with-tokens, or the Basic sign-in of the account',
  () =>
    'export GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nAWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\nsk_live_XXXXXXXXXXXXXXXXXXXXXXXX',
  (random) =>
    `<svg xmlns="http://www.w3.org/2000/svg"><path d="${lines(60, () => `M${whole(random, 900)},${whole(random, 900)}L${random().toFixed(3)},${random().toFixed(3)}`)}"/></svg>`,
  (random) =>
    JSON.stringify({
      $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
      data: {
        values: Array.from({ length: 50 }, (_, i) => ({
          host: `ws-${i}.corp.example`,
          n: whole(random, 99),
        })),
      },
      mark: 'bar',
    }),
  () => inspect([...'a list of single letters is nothing to hide'], { maxArrayLength: null }),
  () => 'Подозрительная загрузка\n異常なログイン\n→ ✓ … “quoted” – dash',
  (random) =>
    lines(
      20,
      () =>
        `arn:aws:iam::${whole(random, 1e12)}:role/${randomText(20, whole(random, 1e6), alphabets.alphanumeric)}`,
    ),
  (random) =>
    lines(
      20,
      () =>
        `AROA${randomText(17, whole(random, 1e6), alphabets.capitals)}:session pk_live_${randomText(24, whole(random, 1e6), alphabets.alphanumeric)}`,
    ),
]

function uuid(random: Random): string {
  const hex = randomText(32, whole(random, 1e9), alphabets.hex)
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, hex.slice(16, 20), hex.slice(20)].join(
    '-',
  )
}

function sourcesIn(folder: string): string[] {
  const names = readdirSync(folder).sort()
  return names.filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`)
}

/** Fifty notebooks without a secret: real code of ours, with outputs of many kinds. */
export function cleanNotebooks(): string[] {
  const sources = ['client', 'auth', 'results', 'providers', 'notebook'].flatMap((folder) =>
    sourcesIn(`src/${folder}`),
  )
  return Array.from({ length: 50 }, (_, number) => {
    const random = randomNumbers(number)
    const shown = Array.from({ length: 8 }, (_unused, i) => outputs[(number + i * 5) % outputs.length])
    const code = readFileSync(sources[(number * 3) % sources.length] ?? '', 'utf8')
    const cells = [
      {
        cell_type: 'markdown',
        id: 'intro',
        metadata: {},
        source: `# Hunt ${number}\n\nWhat a token is, and why not to print it.`,
      },
      {
        cell_type: 'code',
        id: randomText(8, number, alphabets.hex),
        execution_count: 1,
        metadata: { execution: { 'iopub.execute_input': '2026-03-01T10:00:00.000000Z' } },
        source: code,
        outputs: shown.map((make) => ({ output_type: 'stream', name: 'stdout', text: make?.(random) ?? '' })),
      },
    ]
    return JSON.stringify(
      { cells, metadata: { kernelspec: { name: 'xdrlab' } }, nbformat: 4, nbformat_minor: 5 },
      null,
      1,
    )
  })
}

import { describe, expect, test } from 'vitest'
import { SecretFinder } from '../../src/redaction/finder.js'
import { keyRules } from '../../src/redaction/key-rules.js'
import { alphabets, randomText } from './random-text.js'

const { upper, digits, hex, capitals, alphanumeric, word } = alphabets
const base32 = `${upper}234567`
const base64 = `${alphanumeric}+/`

/** What a vendor's key looks like: its beginning, and what follows, as [length, alphabet] or as it is. */
type Format = (string | [number, string])[]

/**
 * From the vendors' documentation; the values are made up, and put together here, so that no scanner takes
 * them for real.
 */
const formats: [kind: string, Format][] = [
  ['AWS access key', ['AKIA', [16, base32]]],
  ['AWS access key', ['ASIA', [16, base32]]],
  ['AWS access key', ['ABIA', [16, base32]]],
  ['AWS access key', ['ACCA', [16, base32]]],
  ['GitHub token', ['ghp_', [36, alphanumeric]]],
  ['GitHub token', ['gho_', [36, alphanumeric]]],
  ['GitHub token', ['ghu_', [36, alphanumeric]]],
  ['GitHub token', ['ghs_', [36, alphanumeric]]],
  ['GitHub token', ['ghr_', [76, alphanumeric]]],
  ['GitHub token', ['ghs_', [251, alphanumeric]]],
  ['GitHub token', ['github_pat_', [22, alphanumeric], '_', [59, alphanumeric]]],
  ['GitLab token', ['glpat-', [20, word]]],
  ['GitLab token', ['glpat-', [27, word], '.01.', [9, `${digits}abcdefghijklmnopqrstuvwxyz`]]],
  ['GitLab token', ['gldt-', [20, word]]],
  ['GitLab token', ['glrt-', [20, word]]],
  ['GitLab token', ['glcbt-64_', [20, word]]],
  ['GitLab token', ['glptt-', [40, hex]]],
  ['GitLab token', ['glft-', [20, word]]],
  ['GitLab token', ['glimt-', [25, word]]],
  ['GitLab token', ['glagent-', [50, word]]],
  ['GitLab token', ['gloas-', [64, word]]],
  ['GitLab token', ['glsoat-', [20, word]]],
  ['GitLab token', ['glffct-', [20, word]]],
  ['GitLab token', ['GR1348941', [20, word]]],
  ['GitLab token', ['glrt-t1_', [27, word], '.01.', [9, `${digits}abcdefghijklmnopqrstuvwxyz`]]],
  ['Slack token', ['xoxa-2-', [12, digits], '-', [12, digits], '-', [32, hex]]],
  ['Slack token', ['xoxr-', [12, digits], '-', [12, digits], '-', [32, hex]]],
  ['Slack token', ['xoxs-', [11, digits], '-', [11, digits], '-', [11, digits], '-', [10, hex]]],
  ['Slack token', ['xoxo-', [11, digits], '-', [11, digits], '-', [11, digits], '-', [10, hex]]],
  ['Slack token', ['xoxc-', [12, digits], '-', [12, digits], '-', [13, digits], '-', [64, hex]]],
  ['Slack token', ['xwfp-', [12, digits], '-', [13, digits], '-', [24, alphanumeric]]],
  ['Slack webhook', ['hooks.slack.com/workflows/T', [10, capitals], '/A', [10, capitals], '/', [24, base64]]],
  ['Slack webhook', ['hooks.slack.com/triggers/T', [10, capitals], '/', [13, digits], '/', [24, hex]]],
  ['Stripe key', ['sk_prod_', [99, alphanumeric]]],
  ['Stripe key', ['rk_test_', [24, alphanumeric]]],
  ['Stripe key', ['rk_prod_', [24, alphanumeric]]],
  ['Vault token', ['hvr.', [24, alphanumeric]]],
  ...['01', '02', '03', '04', '06', '08', '09'].map((number): [string, Format] => [
    'Dynatrace token',
    [`dt0s${number}.`, [24, capitals], '.', [64, capitals]],
  ]),
  ['Shopify token', ['shpca_', [32, hex]]],
  ['Shopify token', ['shppa_', [32, hex]]],
  ['Slack token', ['xoxb-', [12, digits], '-', [13, digits], '-', [24, alphanumeric]]],
  ['Slack token', ['xoxp-', [11, digits], '-', [12, digits], '-', [13, digits], '-', [32, hex]]],
  ['Slack token', ['xoxe-1-', [146, capitals]]],
  ['Slack token', ['xapp-1-A', [10, capitals], '-', [13, digits], '-', [64, hex]]],
  [
    'Slack webhook',
    ['hooks.slack.com/services/T', [10, capitals], '/B', [10, capitals], '/', [24, alphanumeric]],
  ],
  ['Google API key', ['AIza', [35, word]]],
  ['Google client secret', ['GOCSPX-', [28, word]]],
  ['Stripe key', ['sk_live_', [24, alphanumeric]]],
  ['Stripe key', ['sk_test_', [99, alphanumeric]]],
  ['Stripe key', ['rk_live_', [99, alphanumeric]]],
  ['webhook secret', ['whsec_', [32, alphanumeric]]],
  ['Anthropic key', ['sk-ant-api03-', [93, word], 'AA']],
  ['Anthropic key', ['sk-ant-admin01-', [93, word], 'AA']],
  ['OpenAI key', ['sk-proj-', [74, word], 'T3BlbkFJ', [74, word]]],
  ['OpenAI key', ['sk-svcacct-', [58, word], 'T3BlbkFJ', [58, word]]],
  ['OpenAI key', ['sk-admin-', [58, word], 'T3BlbkFJ', [58, word]]],
  ['npm token', ['npm_', [36, alphanumeric]]],
  ['PyPI token', ['pypi-AgEIcHlwaS5vcmc', [150, word]]],
  ['PyPI token', ['pypi-AgENdGVzdC5weXBpLm9yZ', [150, word]]],
  ['DigitalOcean token', ['dop_v1_', [64, hex]]],
  ['DigitalOcean token', ['doo_v1_', [64, hex]]],
  ['DigitalOcean token', ['dor_v1_', [64, hex]]],
  ['Vault token', ['hvs.', [24, alphanumeric]]],
  ['Vault token', ['hvs.', [91, word]]],
  ['Vault token', ['hvb.', [150, word]]],
  ['Databricks token', ['dapi', [32, hex]]],
  ['Databricks token', ['dapi', [32, hex], '-2']],
  ['Grafana token', ['glsa_', [32, alphanumeric], '_', [8, hex]]],
  ['Grafana token', ['glc_eyJ', [120, base64]]],
  ['Atlassian token', ['ATATT3', [186, word]]],
  ['Dynatrace token', ['dt0c01.', [24, capitals], '.', [64, capitals]]],
  ['Dynatrace token', ['dt0s16.', [24, capitals], '.', [64, capitals]]],
  ['Linear key', ['lin_api_', [40, alphanumeric]]],
  ['Postman key', ['PMAK-', [24, hex], '-', [34, hex]]],
  ['New Relic key', ['NRAK-', [27, capitals]]],
  ['Shopify token', ['shpat_', [32, hex]]],
  ['Shopify token', ['shpss_', [32, `${digits}ABCDEF`]]],
  ['Pulumi token', ['pul-', [40, hex]]],
  ['Sentry token', ['sntrys_eyJpYXQiO', [120, base64], '=_', [43, base64]]],
  ['Sentry token', ['sntryu_', [64, hex]]],
  ['1Password token', ['ops_eyJ', [600, base64]]],
  ['age key', ['AGE-SECRET-KEY-1', [58, 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L']]],
]

const examples = formats.map(([kind, format], index) => {
  const key = format
    .map((part, place) =>
      typeof part === 'string' ? part : randomText(part[0], index * 10 + place, part[1]),
    )
    .join('')
  const [beginning = ''] = format
  return { kind, key, beginning: String(beginning) }
})

const finder = new SecretFinder()

function kindsIn(text: string): string[] {
  return finder.find(text, { shapes: true }).map(({ kind }) => kind)
}

describe.each(examples)('$kind $beginning…', ({ kind, key, beginning }) => {
  test.each([
    'KEY',
    'key = "KEY"',
    'https://me:KEY@host.example/',
    '{"k":"KEY"}',
    'a\\nKEY\\n',
    '→ KEY, and more',
  ])('is found in %s, whole and nothing else', (around) => {
    const text = around.replace('KEY', key)
    const start = text.indexOf(key)
    expect(finder.find(text, { shapes: true })).toEqual([
      { start, end: start + key.length, kind, isKnown: false },
    ])
  })

  test('is none where it ends too early, stands in a longer word, or is a placeholder', () => {
    const tooShort = key.slice(0, beginning.length + Math.min(9, (key.length - beginning.length) >> 1))
    expect(kindsIn(`key ${tooShort} end`)).toEqual([])
    expect(kindsIn(`key x${key} end`)).toEqual([])
    const placeholder = beginning + 'x'.repeat(key.length - beginning.length)
    expect(kindsIn(`key ${placeholder} end`)).toEqual([])
  })
})

test('every beginning of every rule has an example', () => {
  const beginnings = examples.map(({ beginning }) => beginning)
  const prefixes = keyRules.flatMap((rule) => rule.prefixes)
  expect(prefixes.filter((prefix) => !beginnings.some((text) => text.startsWith(prefix)))).toEqual([])
})

describe.each(keyRules.flatMap((rule) => rule.prefixes.map((prefix) => ({ ...rule, prefix }))))(
  'what begins with $prefix as a $kind does',
  ({ prefix, alphabet, least, most }) => {
    const like = (length: number) => prefix + randomText(length, length, alphabet.replace(/[^A-Za-z\d]/g, ''))

    test('is none where it is a letter shorter or longer than one can be', () => {
      expect(kindsIn(`key ${like(least - 1)} end`)).toEqual([])
      expect(kindsIn(`key ${like(most + 1)} end`)).toEqual([])
    })

    test('is none where a letter of it cannot be in one', () => {
      const key = like(least)
      for (const stranger of ['é', ' ', '%', '!']) {
        const at = prefix.length + (least >> 1)
        expect(kindsIn(`key ${key.slice(0, at)}${stranger}${key.slice(at + 1)} end`)).toEqual([])
      }
    })

    test('is one of the shortest and of the longest', () => {
      for (const key of [like(least), like(most)])
        expect(finder.find(`key ${key} end`, { shapes: true })).toMatchObject([
          { start: 4, end: 4 + key.length },
        ])
    })
  },
)

test.each([
  ['a refresh of DigitalOcean in capitals', `dor_v1_${randomText(64, 11, `${digits}ABCDEF`)}`],
  ['a word with dapi in it', `midapi${randomText(32, 12, hex)}`],
  ['a branch named after npm', 'npm_config_registry_and_other_settings_of_it'],
  ['a folder of Pulumi', `pul-${randomText(40, 13, 'ghijklmnopqrstuvwxyz')}`],
  ['a Slack channel', 'xoxo-hugs-and-kisses'],
  ['the documentation of a webhook', 'https://hooks.slack.com/services/your/webhook/path'],
  ['a name of Vault', 'hvs.example.internal.company'],
  ['the example of AWS itself', 'AKIAIOSFODNN7EXAMPLE'],
  ['a role of AWS', `AROA${randomText(17, 1, base32)}`],
  ['a publishable key of Stripe', `pk_live_${randomText(24, 2, alphanumeric)}`],
  ['a client id of Slack', `${randomText(12, 3, digits)}.${randomText(13, 4, digits)}`],
  ['a hash of git', randomText(40, 5, hex)],
  ['a SHA-256', randomText(64, 6, hex)],
  ['a UUID', '3f2a91bc-5d1e-4c7a-9b0f-6f2d1c3e4a5b'],
  ['a public identifier of Dynatrace', `dt0c01.${randomText(24, 7, capitals)}`],
  ['a public key of age', `age1${randomText(58, 8, 'qpzry9x8gf2tvdw0s3jn54khce6mua7l')}`],
  ['an integrity of npm', `sha512-${randomText(86, 9, base64)}==`],
])('%s is none', (_what, text) => {
  expect(kindsIn(`id: ${text} end`)).toEqual([])
})

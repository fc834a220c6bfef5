/** A kind of key that is known by how it begins. */
export interface KeyRule {
  /** What stands in its place: `‹redacted: GitHub token›`. */
  kind: string
  prefixes: readonly string[]
  /** The characters behind the prefix. */
  alphabet: string
  /** How many of them there are, at least and at most. */
  least: number
  most: number
}

const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const digits = '0123456789'
const letters = `${upper}${upper.toLowerCase()}`
const alphanumeric = `${letters}${digits}`
const word = `${alphanumeric}_-`
const hex = `${digits}abcdef`

/**
 * Keys of others that are likely in a notebook, of those that need no word beside them to be known; gitleaks' rules
 * (config/gitleaks.toml) are the model. Keep it to rules that no hash, id or image fits, to prefixes of four characters
 * and more, and to keys of 20.
 */
export const keyRules: readonly KeyRule[] = [
  {
    kind: 'AWS access key',
    prefixes: ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
    alphabet: `${upper}234567`,
    least: 16,
    most: 16,
  },
  {
    kind: 'GitHub token',
    prefixes: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
    alphabet: alphanumeric,
    least: 36,
    most: 36,
  },
  { kind: 'GitHub token', prefixes: ['github_pat_'], alphabet: `${alphanumeric}_`, least: 82, most: 82 },
  {
    kind: 'GitLab token',
    prefixes: ['glpat-', 'gldt-', 'glrt-', 'glsoat-', 'glcbt-', 'glptt-'],
    alphabet: word,
    least: 20,
    most: 300,
  },
  {
    kind: 'Slack token',
    prefixes: ['xoxb-', 'xoxp-', 'xoxe-', 'xoxa-', 'xoxr-', 'xoxs-', 'xoxo-', 'xapp-'],
    alphabet: `${alphanumeric}-`,
    least: 20,
    most: 300,
  },
  {
    kind: 'Slack webhook',
    prefixes: ['hooks.slack.com/services/', 'hooks.slack.com/workflows/', 'hooks.slack.com/triggers/'],
    alphabet: `${alphanumeric}+/`,
    least: 43,
    most: 60,
  },
  { kind: 'Google API key', prefixes: ['AIza'], alphabet: word, least: 35, most: 35 },
  { kind: 'Google client secret', prefixes: ['GOCSPX-'], alphabet: word, least: 28, most: 28 },
  {
    kind: 'Stripe key',
    prefixes: ['sk_live_', 'sk_test_', 'sk_prod_', 'rk_live_', 'rk_test_', 'rk_prod_'],
    alphabet: alphanumeric,
    least: 10,
    most: 99,
  },
  { kind: 'Anthropic key', prefixes: ['sk-ant-'], alphabet: word, least: 80, most: 120 },
  {
    kind: 'OpenAI key',
    prefixes: ['sk-proj-', 'sk-svcacct-', 'sk-admin-'],
    alphabet: word,
    least: 58,
    most: 200,
  },
  { kind: 'npm token', prefixes: ['npm_'], alphabet: alphanumeric, least: 36, most: 36 },
  { kind: 'PyPI token', prefixes: ['pypi-AgEIcHlwaS5vcmc'], alphabet: word, least: 50, most: 1000 },
  {
    kind: 'DigitalOcean token',
    prefixes: ['dop_v1_', 'doo_v1_', 'dor_v1_'],
    alphabet: hex,
    least: 64,
    most: 64,
  },
  { kind: 'Vault token', prefixes: ['hvs.', 'hvb.'], alphabet: word, least: 90, most: 300 },
  { kind: 'Databricks token', prefixes: ['dapi'], alphabet: `${hex}-`, least: 32, most: 34 },
  { kind: 'Grafana token', prefixes: ['glsa_'], alphabet: `${alphanumeric}_`, least: 41, most: 41 },
  { kind: 'Atlassian token', prefixes: ['ATATT3'], alphabet: `${word}=`, least: 186, most: 186 },
  { kind: 'Dynatrace token', prefixes: ['dt0c01.'], alphabet: `${alphanumeric}.`, least: 89, most: 89 },
  { kind: 'Linear key', prefixes: ['lin_api_'], alphabet: alphanumeric, least: 40, most: 40 },
  { kind: 'Postman key', prefixes: ['PMAK-'], alphabet: `${hex}-`, least: 59, most: 59 },
  { kind: 'New Relic key', prefixes: ['NRAK-'], alphabet: `${upper}${digits}`, least: 27, most: 27 },
  {
    kind: 'Shopify token',
    prefixes: ['shpat_', 'shpca_', 'shppa_', 'shpss_'],
    alphabet: hex,
    least: 32,
    most: 32,
  },
  { kind: 'Pulumi token', prefixes: ['pul-'], alphabet: hex, least: 40, most: 40 },
  { kind: 'Sentry token', prefixes: ['sntrys_'], alphabet: `${alphanumeric}+/=_`, least: 80, most: 400 },
  { kind: 'Sentry token', prefixes: ['sntryu_'], alphabet: hex, least: 64, most: 64 },
  { kind: '1Password token', prefixes: ['ops_eyJ'], alphabet: `${alphanumeric}+/=`, least: 250, most: 2000 },
  { kind: 'age key', prefixes: ['AGE-SECRET-KEY-1'], alphabet: `${upper}${digits}`, least: 58, most: 58 },
]

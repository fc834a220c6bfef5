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
const anyHex = `${hex}ABCDEF`
/** BIP 173, in capitals. */
const bech32 = 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L'

/**
 * Keys of others that are likely in a notebook, of those that need no word beside them to be known: as their
 * vendors document them, or as other scanners know them (config/gitleaks.toml of gitleaks). Keep it to rules
 * that no hash, id or image fits, to prefixes of four characters and more, and to keys of 20.
 */
export const keyRules: readonly KeyRule[] = [
  {
    // IAM's "unique ID prefixes": access keys, temporary ones, bearer tokens, context-specific credentials.
    kind: 'AWS access key',
    prefixes: ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
    alphabet: `${upper}234567`,
    least: 16,
    most: 16,
  },
  {
    // GitHub asks to plan for tokens of up to 255 characters, with an underscore among them.
    kind: 'GitHub token',
    prefixes: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
    alphabet: `${alphanumeric}_`,
    least: 36,
    most: 251,
  },
  { kind: 'GitHub token', prefixes: ['github_pat_'], alphabet: `${alphanumeric}_`, least: 82, most: 244 },
  {
    // The newer ones have their length and a checksum behind dots; `GR1348941` begins those that register a runner.
    kind: 'GitLab token',
    prefixes: [
      ...['glpat-', 'gldt-', 'glrt-', 'glcbt-', 'glptt-', 'glft-', 'glffct-'],
      ...['glimt-', 'glagent-', 'gloas-', 'glsoat-', 'GR1348941'],
    ],
    alphabet: `${word}.`,
    least: 20,
    most: 320,
  },
  {
    // Slack's "token types": bot, user, configuration, workspace, legacy, browser, app, workflow.
    kind: 'Slack token',
    prefixes: [
      ...['xoxb-', 'xoxp-', 'xoxe-', 'xoxa-', 'xoxr-', 'xoxs-', 'xoxo-', 'xoxc-'],
      ...['xapp-', 'xwfp-'],
    ],
    alphabet: `${alphanumeric}-`,
    least: 20,
    most: 300,
  },
  {
    // gitleaks has 43 to 56 characters behind the three addresses.
    kind: 'Slack webhook',
    prefixes: ['hooks.slack.com/services/', 'hooks.slack.com/workflows/', 'hooks.slack.com/triggers/'],
    alphabet: `${alphanumeric}+/`,
    least: 43,
    most: 60,
  },
  // The lengths are those of gitleaks (gcp-api-key) and of what Google's console gives out.
  { kind: 'Google API key', prefixes: ['AIza'], alphabet: word, least: 35, most: 35 },
  { kind: 'Google client secret', prefixes: ['GOCSPX-'], alphabet: word, least: 28, most: 28 },
  {
    kind: 'Stripe key',
    prefixes: ['sk_live_', 'sk_test_', 'sk_prod_', 'rk_live_', 'rk_test_', 'rk_prod_'],
    alphabet: alphanumeric,
    // Shorter ones would be no run of twenty, longer ones Stripe allows itself.
    least: 12,
    most: 128,
  },
  { kind: 'webhook secret', prefixes: ['whsec_'], alphabet: `${alphanumeric}+/=`, least: 32, most: 100 },
  // `api03`, `admin01` or `oat01`, a hyphen and 95 characters.
  { kind: 'Anthropic key', prefixes: ['sk-ant-'], alphabet: word, least: 80, most: 120 },
  {
    // gitleaks (openai-api-key): 58 or 74 characters on both sides of `T3BlbkFJ`.
    kind: 'OpenAI key',
    prefixes: ['sk-proj-', 'sk-svcacct-', 'sk-admin-'],
    alphabet: word,
    least: 58,
    most: 200,
  },
  // 30 characters and a checksum of six, as GitHub's are made.
  { kind: 'npm token', prefixes: ['npm_'], alphabet: alphanumeric, least: 36, most: 36 },
  {
    // A macaroon: the beginnings are those of `pypi.org` and `test.pypi.org`.
    kind: 'PyPI token',
    prefixes: ['pypi-AgEIcHlwaS5vcmc', 'pypi-AgENdGVzdC5weXBpLm9yZ'],
    alphabet: word,
    least: 50,
    most: 1000,
  },
  {
    // gitleaks: digitalocean-pat, -access-token and -refresh-token.
    kind: 'DigitalOcean token',
    prefixes: ['dop_v1_', 'doo_v1_', 'dor_v1_'],
    alphabet: hex,
    least: 64,
    most: 64,
  },
  // A root token has 24 characters, others 90 and more; `hvr.` are those for recovery.
  { kind: 'Vault token', prefixes: ['hvs.', 'hvb.', 'hvr.'], alphabet: word, least: 24, most: 300 },
  // gitleaks (databricks-api-token): with or without a hyphen and a digit at its end.
  { kind: 'Databricks token', prefixes: ['dapi'], alphabet: `${hex}-`, least: 32, most: 34 },
  // gitleaks: grafana-service-account-token, with its checksum behind a line, and grafana-cloud-api-token.
  { kind: 'Grafana token', prefixes: ['glsa_'], alphabet: `${alphanumeric}_`, least: 41, most: 41 },
  { kind: 'Grafana token', prefixes: ['glc_eyJ'], alphabet: `${alphanumeric}+/=`, least: 29, most: 400 },
  // Newer ones have no fixed length.
  { kind: 'Atlassian token', prefixes: ['ATATT3'], alphabet: `${word}=`, least: 150, most: 250 },
  {
    // 24 public characters and 64 secret ones, whatever the prefix stands for.
    kind: 'Dynatrace token',
    prefixes: ['01', '02', '03', '04', '06', '08', '09', '16']
      .map((number) => `dt0s${number}.`)
      .concat('dt0c01.'),
    alphabet: `${upper}${digits}.`,
    least: 89,
    most: 89,
  },
  // gitleaks: linear-api-key, postman-api-token, new-relic-user-api-key, the four of Shopify, pulumi-api-token.
  { kind: 'Linear key', prefixes: ['lin_api_'], alphabet: alphanumeric, least: 40, most: 40 },
  { kind: 'Postman key', prefixes: ['PMAK-'], alphabet: `${hex}-`, least: 59, most: 59 },
  { kind: 'New Relic key', prefixes: ['NRAK-'], alphabet: `${upper}${digits}`, least: 27, most: 27 },
  {
    kind: 'Shopify token',
    prefixes: ['shpat_', 'shpca_', 'shppa_', 'shpss_'],
    alphabet: anyHex,
    least: 32,
    most: 32,
  },
  { kind: 'Pulumi token', prefixes: ['pul-'], alphabet: hex, least: 40, most: 40 },
  // gitleaks: sentry-org-token, whose first part is JSON, and sentry-user-token.
  { kind: 'Sentry token', prefixes: ['sntrys_'], alphabet: `${alphanumeric}+/=_`, least: 80, most: 400 },
  { kind: 'Sentry token', prefixes: ['sntryu_'], alphabet: hex, least: 64, most: 64 },
  // gitleaks: 1password-service-account-token, age-secret-key.
  { kind: '1Password token', prefixes: ['ops_eyJ'], alphabet: `${alphanumeric}+/=`, least: 250, most: 2000 },
  { kind: 'age key', prefixes: ['AGE-SECRET-KEY-1'], alphabet: bech32, least: 58, most: 58 },
]

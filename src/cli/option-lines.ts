/**
 * One option, as data: the parser of all commands is made from it, and the quick one for a `query` (arguments.ts).
 */
export interface OptionLine {
  /** As commander writes them: `-v, --variables <json>`. */
  flags: string
  text: string
  choices?: readonly string[]
  /** Reads the value; `undefined` where it is none. */
  read?: (text: string) => number | undefined
  /** What a value must be that `read` does not take. */
  wanted?: string
  initial?: number
}

/** A timer of Node's takes no more milliseconds than 2^31. */
const mostSeconds = 2_147_483

/** An option that is a time, seconds. */
export const time: Pick<Required<OptionLine>, 'read' | 'wanted'> = {
  read: (text) => {
    const value = Number(text)
    return value > 0 && value <= mostSeconds ? value : undefined
  },
  wanted: `a number above 0, at most ${mostSeconds}, is needed`,
}

/** Where to sign in, and as whom. */
export const placeLines: readonly OptionLine[] = [
  {
    flags: '-p, --provider <name>',
    text: 'taegis, cisco-xdr, secure-endpoint, threat-switch, or one of your own in providers.json (default: XDRLAB_PROVIDER, else taegis)',
  },
  {
    flags: '--method <way>',
    text: 'how to sign in, where a platform offers both',
    choices: ['client', 'device'],
  },
  {
    flags: '-r, --region <name>',
    text: 'region or alias (default: XDRLAB_REGION, else the platform’s first)',
  },
  { flags: '--url <origin>', text: 'an origin in place of a region’s' },
  { flags: '-u, --username <name>', text: 'your account (default: XDRLAB_USERNAME, else asked for)' },
  { flags: '-t, --tenant <id>', text: 'tenant for every query (default: XDRLAB_TENANT)' },
  { flags: '--issuer <url>', text: 'any OAuth server with device sign-in, in place of Taegis' },
  { flags: '--client-id <id>', text: 'with --issuer or --provider: the registered client' },
  { flags: '--scope <scopes>', text: 'with --issuer: scopes, separated by spaces' },
  { flags: '--api <origin>', text: 'with --issuer: where the API is' },
  { flags: '--trace', text: 'write every request to stderr, without secrets' },
]

/** Those of `query` itself. */
export const queryLines: readonly OptionLine[] = [
  { flags: '-v, --variables <json>', text: 'variables as JSON, or @file' },
  { flags: '-o, --operation <name>', text: 'which operation of the document runs' },
  { flags: '--yes', text: 'answers the question before a mutation' },
  { flags: '--dry-run', text: 'show what would be sent, and send nothing' },
  { flags: '--check', text: 'hold the documents to the schema as it is known here, and send nothing' },
  { flags: '--strict', text: 'fail when errors come beside the data' },
  { flags: '--path <path>', text: 'for a subscription: what answers it, such as /events/query' },
  { flags: '--timeout <seconds>', text: 'until the whole answer is there', ...time, initial: 60 },
  { flags: '--json', text: 'print JSON also in a terminal' },
]

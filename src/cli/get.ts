import { once } from 'node:events'
import { runBriefly } from '../brief.js'
import { connect } from '../client/connect.js'
import { XdrError } from '../errors.js'
import { stringifyExactJson } from '../json.js'
import { interruptSignal } from './interrupt.js'
import { startProgress } from './progress.js'
import { connectOptionsOf, providerOf, type WhereOptions } from './provider-option.js'
import { terminalTable } from './terminal-table.js'

interface GetCommandOptions extends WhereOptions {
  query?: string[]
  pages?: boolean
  size?: number
  limit?: number
  timeout: number
  json?: boolean
}

/** `xdrlab get <path>`: one REST answer, or with `--pages` every row of a list, one a line. */
export async function get(path: string, options: GetCommandOptions): Promise<void> {
  const query = readQuery(options.query ?? [])
  // A list may take a thousand requests.
  if (options.pages !== true) runBriefly()
  const signal = interruptSignal()
  const client = await connect(providerOf(options), { ...connectOptionsOf(options), signal })
  const call = { query, signal, timeoutMs: Math.ceil(options.timeout * 1000) }
  if (options.pages === true) {
    const { size, limit } = options
    const rows = client.pages(path, {
      ...call,
      ...(size === undefined ? {} : { size }),
      ...(limit === undefined ? {} : { limit }),
    })
    for await (const row of rows) {
      // A reader that is slower than the platform holds it back.
      if (!process.stdout.write(`${stringifyExactJson(row)}\n`))
        await once(process.stdout, 'drain', { signal })
    }
    return
  }
  const stopProgress = startProgress(`waiting for ${new URL(client.target.origin).host}`)
  let answer: unknown
  try {
    answer = await client.get(path, call)
  } finally {
    stopProgress()
  }
  if (answer === undefined) return
  const table = options.json === true ? undefined : await terminalTable(answer)
  process.stdout.write(`${table ?? stringifyExactJson(answer, process.stdout.isTTY ? 2 : 0)}\n`)
}

/** A name that is given twice is a list. */
function readQuery(pairs: readonly string[]): Record<string, string[]> {
  const query: Record<string, string[]> = {}
  for (const pair of pairs) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? []
    if (name === undefined || value === undefined) {
      throw new XdrError('XDR_BAD_OPTION', '--query is no name=value', {
        hint: 'write it like --query size=10; give it again for each further value',
      })
    }
    query[name] = [...(query[name] ?? []), value]
  }
  return query
}

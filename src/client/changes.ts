import { XdrError } from '../errors.js'
import { stringifyExactJson } from '../json.js'
import type { View } from '../screen/screen.js'
import { hideSecrets } from '../secrets.js'
import { escapeHtml, plain } from '../text.js'
import type { ClientParts } from './calls.js'

/** How a change is asked about. */
export interface ChangeOptions {
  /** `true` answers the question before the change. Needed where nobody can be asked. */
  confirm?: boolean
  /** `true` shows what would be sent, and sends nothing. */
  dryRun?: boolean
}

/** A change as it would be sent: what a dry run gives. Shown as what it would do. */
export interface DryRun {
  dryRun: true
  /** The mutation's fields, or `POST /path`. */
  change: string
  /** Platform, region and tenant. */
  place: string
  /** Variables or body; values named like secrets are hidden. */
  input: unknown
  /** The GraphQL document, for a mutation. */
  document?: string
}

/** A change before it is sent. */
export interface Change {
  name: string
  input: unknown
  document?: string | undefined
}

const mostInputLength = 4_000
const dryRunTitle = 'Dry run: nothing was sent'
const dryRuns = new WeakSet<object>()

/** Whether a query gave its plan in place of its data. */
export function isDryRun(value: object): value is DryRun {
  return dryRuns.has(value)
}

/** A dry run for a terminal. */
export function dryRunText(planned: DryRun): string {
  return viewOf(planned, dryRunTitle).text
}

/**
 * Asks before a change, or shows what it would do.
 *
 * @returns what a dry run shows; `undefined` where the change may be sent
 * @throws XdrError `XDR_CONFIRM_NEEDED` where the answer is no, or nobody can be asked; nothing was sent
 */
export async function weighChange(
  parts: ClientParts,
  change: Change,
  { confirm, dryRun }: ChangeOptions,
  tenant = parts.tenant,
): Promise<DryRun | undefined> {
  const planned = planOf(parts, change, tenant)
  if (dryRun === true) return withView(planned)
  if (confirm === true) return undefined
  if (parts.screen.kind !== 'none') parts.screen.show(viewOf(planned, 'This changes data on the platform'))
  await askConfirmation(parts, `Send ${planned.change}`, tenant)
  return undefined
}

/**
 * Asks one question whose answer must be yes.
 *
 * @throws XdrError `XDR_CONFIRM_NEEDED`, `XDR_ABORTED`
 */
export async function askConfirmation(
  parts: ClientParts,
  question: string,
  tenant = parts.tenant,
): Promise<void> {
  const { screen } = parts
  const needed = (why: string) =>
    new XdrError('XDR_CONFIRM_NEEDED', `${why}; nothing was changed`, {
      hint: 'if you mean it, answer yes, or add { confirm: true } (--yes on the command line)',
    })
  if (screen.kind === 'none') throw needed('this change has to be confirmed')
  let answer: string
  try {
    const label = `${question} (${placeOf(parts, tenant)})? Type yes`
    answer = await screen.ask({ label }, screen.signal)
  } catch (error) {
    if (error instanceof XdrError && error.code === 'XDR_INPUT_NEEDED') {
      throw needed('this change has to be confirmed, and nobody can be asked')
    }
    throw error
  }
  if (!/^y(es)?$/i.test(answer.trim())) throw needed('the change was not confirmed')
}

/**
 * Sends a change and says what became of it.
 *
 * @throws XdrError what the call ended with
 */
export async function sendChange<T>(
  parts: ClientParts,
  name: string,
  sendIt: () => Promise<T>,
  tenant = parts.tenant,
): Promise<T> {
  const answer = await sendOnce(name, sendIt)
  parts.screen.note('info', `${plain(name, 200)} was done on ${placeOf(parts, tenant)}`)
  return answer
}

/**
 * Sends a change; where no answer came, the error says that it may have been done all the same.
 *
 * @throws XdrError what the call ended with
 */
export async function sendOnce<T>(name: string, sendIt: () => Promise<T>): Promise<T> {
  try {
    return await sendIt()
  } catch (error) {
    throw error instanceof XdrError && isOutcomeUnknown(error) ? unknownOutcome(error, name) : error
  }
}

function isOutcomeUnknown(error: XdrError): boolean {
  return (
    ['XDR_NETWORK', 'XDR_TIMEOUT', 'XDR_ABORTED', 'XDR_TOO_LARGE', 'XDR_BAD_RESPONSE'].includes(error.code) ||
    (error.status ?? 0) >= 500
  )
}

function unknownOutcome(error: XdrError, name: string): XdrError {
  const { code, message, requestId, status, retryAfterMs } = error
  return new XdrError(code, message, {
    hint: `${plain(name, 200)} was sent once and may have been done all the same: look on the platform before you send it again`,
    requestId,
    status,
    retryAfterMs,
  })
}

function planOf(parts: ClientParts, { name, input, document }: Change, tenant: string | undefined): DryRun {
  return {
    dryRun: true,
    change: plain(name, 200),
    place: placeOf(parts, tenant),
    input: withoutSecrets(input),
    ...(document === undefined ? {} : { document: hideSecrets(document).trim() }),
  }
}

function placeOf({ target }: ClientParts, tenant: string | undefined): string {
  return `${target.provider.title} ${target.region}${tenant === undefined ? '' : `, tenant ${plain(tenant, 80)}`}`
}

const secretName = /secret|passw|token|credential|api_?key|private_?key/i

/** A copy in which what is named like a secret is not told, and live secrets are hidden wherever they stand. */
function withoutSecrets(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return hideSecrets(value)
  if (typeof value !== 'object' || value === null || value instanceof Date || depth > 20) return value
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      secretName.test(name) && item !== null && item !== undefined
        ? '‹hidden›'
        : withoutSecrets(item, depth + 1),
    ]),
  )
}

function withView(planned: DryRun): DryRun {
  dryRuns.add(planned)
  return Object.defineProperty(planned, Symbol.for('Jupyter.display'), {
    value: () => {
      const view = viewOf(planned, dryRunTitle)
      return { 'text/plain': view.text, 'text/html': view.html }
    },
    enumerable: false,
  })
}

function viewOf({ change, place, input, document }: DryRun, title: string): View {
  const rows: [string, string][] = [
    ['request', change],
    ['on', place],
    ...(input === undefined ? [] : [[document === undefined ? 'body' : 'variables', inputText(input)]]),
    ...(document === undefined ? [] : [['document', cut(document)]]),
  ].map(([label = '', value = '']) => [label, value])
  const text = [title, ...rows.map(([label, value]) => `${label}: ${value}`)].join('\n')
  const cells = rows.map(
    ([label, value]) =>
      `<tr><th scope="row" style="text-align:left;vertical-align:top">${label}</th>\
<td style="text-align:left"><pre style="margin:0;white-space:pre-wrap;overflow-wrap:anywhere">${escapeHtml(value)}</pre></td></tr>`,
  )
  return {
    text,
    html: `<table><caption style="caption-side:top;text-align:left"><strong>${title}</strong></caption><tbody>${cells.join('')}</tbody></table>`,
  }
}

function inputText(input: unknown): string {
  try {
    return cut(stringifyExactJson(input, 2))
  } catch {
    return '[unreadable]'
  }
}

/** Lines stay, what would steer a terminal goes. */
function cut(text: string): string {
  const lines = text.split(/\r\n|[\n\r]/).map((line) => {
    const indent = /^ */.exec(line)?.[0] ?? ''
    return indent + plain(line, 500)
  })
  const whole = lines.join('\n')
  if (whole.length <= mostInputLength) return whole
  return `${whole.slice(0, mostInputLength)}\n… (${whole.length.toLocaleString('en')} characters in all)`
}

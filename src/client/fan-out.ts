import { XdrError } from '../errors.js'
import type { Screen } from '../screen/screen.js'
import { plain } from '../text.js'
import type { TenantId } from './tenants.js'

/** A tenant that gave no result, or only a part of it. */
export interface TenantFailure {
  tenant: string
  name?: string | undefined
  error: XdrError
}

/** What concerns every tenant alike: going on would only say it again. */
const fatalCodes: ReadonlySet<string> = new Set([
  'XDR_ABORTED',
  'XDR_BAD_OPTION',
  'XDR_CONFIRM_NEEDED',
  'XDR_INPUT_NEEDED',
  'XDR_QUERY_INVALID',
  'XDR_QUERY_SYNTAX',
  'XDR_SIGN_IN_DENIED',
  'XDR_SIGN_IN_EXPIRED',
  'XDR_SIGN_IN_FAILED',
  'XDR_SIGN_IN_NEEDED',
])

const mostListed = 5

/**
 * Counts the tenants of one run: what failed stays beside what came, and one display shows how far it is.
 *
 * @param what is done, for the display: `alertsServiceSearch`
 */
export class FanOut {
  readonly total: number
  readonly failures: TenantFailure[] = []
  done = 0
  readonly #what: string
  readonly #screen: Screen
  readonly #live: ReturnType<Screen['show']> | undefined
  #shownAtMs = Number.NEGATIVE_INFINITY
  #rows: number | undefined
  readonly #warnings: string[] = []

  constructor(screen: Screen, what: string, total: number, isShown: boolean) {
    this.#screen = screen
    this.#what = plain(what, 80)
    this.total = total
    this.#live =
      isShown && screen.kind !== 'none' && total > 1 ? screen.show({ text: this.#text() }) : undefined
  }

  /** One tenant is through. */
  finish(): void {
    this.done++
    this.#show()
  }

  /** One tenant's result came with a warning, such as the errors of a partial one. */
  warn({ id, name }: TenantId, text: string): void {
    this.#warnings.push(`${labelOf({ tenant: id, name })}: ${text}`)
  }

  /** Rows that have come, over all tenants. */
  count(rows: number): void {
    this.#rows = (this.#rows ?? 0) + rows
    this.#show()
  }

  /**
   * One tenant gave an error.
   *
   * @throws the error, where it concerns all tenants or is none of ours
   */
  fail({ id, name }: TenantId, error: unknown): void {
    if (!(error instanceof XdrError) || fatalCodes.has(error.code)) throw error
    this.failures.push({ tenant: id, ...(name === undefined ? {} : { name }), error })
    this.finish()
  }

  /**
   * The last word: what failed is said.
   *
   * @throws XdrError the first failure, where there is nothing else
   */
  end(): void {
    this.#live?.update({ text: this.#text() })
    this.#say('gave warnings', this.#warnings)
    const [first] = this.failures
    if (first === undefined) return
    if (this.failures.length === this.total) {
      const { code, message, hint, requestId, status, retryAfterMs } = first.error
      const all = this.total === 1 ? '' : `all ${this.total} tenants failed; the first, `
      throw new XdrError(code, `${all}${labelOf(first)}: ${message}`, {
        hint,
        requestId,
        status,
        retryAfterMs,
      })
    }
    this.#say(
      'failed',
      this.failures.map((failure) => `${labelOf(failure)}: ${failure.error.message}`),
    )
  }

  /** It was stopped or cannot go on: the display says how far it came. */
  stop(): void {
    this.#live?.update({ text: `${this.#text()}, stopped` })
  }

  #say(what: string, lines: readonly string[]): void {
    if (lines.length === 0) return
    const listed = lines.slice(0, mostListed).map((line) => `\n  ${line}`)
    const more = lines.length > mostListed ? `\n  … and ${lines.length - mostListed} more` : ''
    this.#screen.note('warning', `${lines.length} of ${this.total} tenants ${what}:${listed.join('')}${more}`)
  }

  #show(): void {
    if (this.#live === undefined) return
    const nowMs = performance.now()
    if (nowMs - this.#shownAtMs < this.#screen.refreshMs && this.done < this.total) return
    this.#shownAtMs = nowMs
    this.#live.update({ text: this.#text() })
  }

  #text(): string {
    const failed = this.failures.length === 0 ? '' : `, ${this.failures.length} failed`
    const rows = this.#rows === undefined ? '' : `, ${this.#rows.toLocaleString('en')} rows`
    return `${this.#what}: ${this.done} of ${this.total} tenants${failed}${rows}`
  }
}

function labelOf({ tenant, name }: Omit<TenantFailure, 'error'>): string {
  return name === undefined ? `tenant ${plain(tenant, 80)}` : `${plain(name, 60)} (${plain(tenant, 80)})`
}

import { type GraphQLErrorEntry, XdrError } from '../../errors.js'
import type { Screen } from '../../screen/screen.js'
import { plain } from '../../text.js'
import { describeEntry } from '../graphql-answer.js'
import type { Page } from './walk.js'

/** What tells whether two batches hold the same rows. */
export interface BatchLook<Batch> {
  /** The first and the last row: cheap, and different for nearly all that differs. */
  ends(batch: Batch): string
  /** Every row. */
  texts(batch: Batch): string[]
}

/** Equal pages whose rows are equal among themselves as well prove nothing; so many of them do. */
const mostEqualPages = 10

/**
 * Ends a list whose pages are all the same: a server that leaves the place out of account would give its first page
 * for ever.
 *
 * @throws XdrError `XDR_BAD_RESPONSE`
 */
export function createRepeatCheck<Batch>(name: string, look: BatchLook<Batch>): (page: Page<Batch>) => void {
  let before: { ends: string; batch: Batch; rows: number } | undefined
  let equalPages = 0
  return ({ batch, rows, facts }) => {
    if (rows === 0) return
    const now = { ends: look.ends(batch), batch, rows }
    const earlier = before
    before = now
    if (earlier?.ends !== now.ends || earlier.rows !== rows) {
      equalPages = 0
      return
    }
    const texts = look.texts(batch)
    if (texts.join('\n') !== look.texts(earlier.batch).join('\n')) return
    equalPages++
    if (new Set(texts).size === rows && rows > 1)
      throw repeated(name, 'name another style, or ask with query()')
    // With a total the list ends in any case.
    if (facts.total === undefined && equalPages >= mostEqualPages) {
      throw repeated(name, 'if the rows are only alike, select a field that tells them apart, such as id')
    }
  }
}

function repeated(name: string, hint: string): XdrError {
  return new XdrError(
    'XDR_BAD_RESPONSE',
    `${plain(name, 60)} gave the same page again: the server does not go on from where it is asked to`,
    {
      hint,
    },
  )
}

/** Says when the number of all rows changes while they are read, or when fewer come than were told. */
export function createTotalCheck(name: string, note: Screen['note']) {
  const label = plain(name, 80)
  let known: number | undefined
  let isSaid = false
  return {
    page: (total: number | undefined) => {
      if (total !== undefined && known !== undefined && total !== known && !isSaid) {
        isSaid = true
        const [how, what] =
          total < known ? ['shrank', 'may have been missed'] : ['grew', 'may come twice or be missed']
        note('warning', `${label} ${how} from ${known} to ${total} rows while it was read: some ${what}`)
      }
      known = total ?? known
    },
    end: (rows: number) => {
      if (known === undefined || rows >= known) return
      if (rows === 0) {
        const hint = 'where the query counts groups, name their list with { rows: "…" }'
        note('warning', `${label} gave none of its ${known} rows; ${hint}`)
        return
      }
      note('warning', `${label} ended after ${rows} of ${known} rows; rows may have gone meanwhile`)
    },
  }
}

/** Shown; the rest is only counted. */
const mostShownErrors = 20

/** The GraphQL errors that came beside rows: each distinct one is shown when it first comes. */
export class PartialErrors {
  readonly #entries = new Map<string, GraphQLErrorEntry>()
  readonly #note: Screen['note']
  readonly #name: string

  constructor(name: string, note: Screen['note']) {
    this.#name = plain(name, 60)
    this.#note = note
  }

  /** One for each distinct message and field. */
  get entries(): readonly GraphQLErrorEntry[] {
    return [...this.#entries.values()]
  }

  add(errors: readonly GraphQLErrorEntry[]): void {
    for (const entry of errors) {
      // The same field of another row is the same error.
      const key = JSON.stringify([
        entry.message,
        entry.path?.map((part) => (typeof part === 'number' ? 0 : part)),
      ])
      if (this.#entries.has(key)) continue
      this.#entries.set(key, entry)
      const count = this.#entries.size
      if (count <= mostShownErrors) this.#note('warning', `${this.#name} is partial: ${describeEntry(entry)}`)
      else if (count === mostShownErrors + 1)
        this.#note('warning', `${this.#name}: further errors stand in rows.errors`)
    }
  }
}

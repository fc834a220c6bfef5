import { announceSchema } from '../schema/active.js'
import { type ChosenSchema, gatewaysOf, ownerOf, schemaMaxAgeMs, wholeSchema } from '../schema/choose.js'
import { mainPath } from '../schema/paths.js'
import { readSchemaRecord, type SchemaRecord, schemaPath, writeSchemaFile } from '../schema/schema-file.js'
import { schemaWorker } from '../schema/schema-worker.js'
import type { ClientParts } from './calls.js'
import { fetchSchemas } from './schema-fetch.js'

/** The first cell behind a sign-in is not to wait for it, milliseconds. */
const settleMs = 300

/**
 * Tells the kernel which schema holds for a client, and asks the platform for a newer one behind the cells
 * where that is due. Nothing of it is waited for, and nothing that fails is shown but once.
 */
export function followSchema(parts: ClientParts): void {
  const { target, clock } = parts
  if (gatewaysOf(target.provider).length === 0) return
  const now = clock.now()
  const known = wholeSchema(target, now)
  if (known !== undefined) announce(known)
  const refusal = readSchemaRecord(schemaPath(ownerOf(target), mainPath, 'refusal'))
  if (refusal !== undefined) noteRefusal(parts, refusal)
  const isDue = known?.kind !== 'live' || !known.isWhole
  const isRefused = refusal !== undefined && now - refusal.fetchedAt < schemaMaxAgeMs
  if (isDue && !isRefused) clock.after(settleMs, () => void fetchQuietly(parts))
}

async function fetchQuietly(parts: ClientParts): Promise<void> {
  try {
    // The stop button belongs to the cells.
    const quiet = { ...parts, screen: { ...parts.screen, signal: undefined } }
    if ((await fetchSchemas(quiet, { isQuiet: true })) === undefined) return
    const known = wholeSchema(parts.target, parts.clock.now())
    if (known !== undefined) announce(known)
  } catch {
    // Remembered where it is final; the schema that is known goes on.
  }
}

function announce({ place }: ChosenSchema): void {
  announceSchema({ path: place.path, hash: place.hash })
  schemaWorker.run('open', { place }, false).catch(() => {})
}

function noteRefusal({ screen, target }: ClientParts, refusal: SchemaRecord): void {
  if (refusal.isNoted === true) return
  const { title } = target.provider
  screen.note(
    'info',
    `${title} ${target.region} does not tell its schema: completion goes by the one that ships`,
  )
  const { version: _, hash: __, ...about } = refusal
  try {
    writeSchemaFile(schemaPath(ownerOf(target), mainPath, 'refusal'), { ...about, isNoted: true }, '')
  } catch {
    // Then it is said once more the next time.
  }
}

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { schemaFolder } from '../../src/paths.js'

/** Every file of the schemas that are kept. */
export function schemaFiles(): string[] {
  return readdirSync(schemaFolder()).map((name) => join(schemaFolder(), name))
}

/** As if the kept schemas had been told a day before. */
export function makeSchemasOlder(): void {
  const older = (time: string) => `"fetchedAt":${Number(time) - 24 * 3_600_000}`
  for (const path of schemaFiles()) {
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(/"fetchedAt":(\d+)/, (_, time) => older(time)),
    )
  }
}

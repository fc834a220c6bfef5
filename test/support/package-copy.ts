import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../src/package.js'

/**
 * Our package as it stands in a `node_modules`, with the packages that it needs beside it.
 *
 * @param modules the folder, which is made
 * @param replaced CommonJS code that stands in the place of a package
 * @returns its command
 */
export function copyPackage(modules: string, replaced: Record<string, string> = {}): string {
  const root = join(modules, 'xdrlab')
  mkdirSync(root, { recursive: true })
  for (const part of ['package.json', 'dist', join('kernel', 'assets')]) {
    cpSync(join(packageRoot, part), join(root, part), { recursive: true })
  }
  const packages = join(packageRoot, 'node_modules')
  for (const name of readdirSync(packages)) {
    if (!(name in replaced)) symlinkSync(join(packages, name), join(modules, name))
  }
  for (const [name, code] of Object.entries(replaced)) {
    mkdirSync(join(modules, name))
    writeFileSync(join(modules, name, 'index.js'), code)
    writeFileSync(
      join(modules, name, 'package.json'),
      JSON.stringify({ name, version: '0.0.0', main: 'index.js' }),
    )
  }
  return join(root, 'dist', 'bin', 'xdrlab.cjs')
}

import type { SourceMap } from 'node:module'
import { moduleRunnerTransformSync, transformSync } from 'oxc-transform'
import { combineMaps } from './source-maps.js'
import { CellSyntaxError, syntaxErrorOf } from './syntax.js'
import { loweringOptions } from './transform.js'

/** A file as the body of an async function, whose imports and exports are calls. */
interface CompiledFile {
  code: string
  sourceMap(): SourceMap
}

/**
 * Compiles a local TypeScript file.
 *
 * @param label how the file is called in errors
 * @throws CellSyntaxError with its place in the file
 */
export function compileFile(path: string, text: string, label: string): CompiledFile {
  const source = text.startsWith('\ufeff') ? text.slice(1) : text
  if (/\.[mc]?tsx$/.test(path)) {
    throw new CellSyntaxError(
      'files with JSX (.tsx) are not compiled here: make them .js before they are imported',
      1,
      1,
      { label, source },
    )
  }
  const { code } = compile(source, label, false)
  return { code: rewrite(code, false).code, sourceMap: () => sourceMapOf(source, label) }
}

function compile(source: string, label: string, sourcemap: boolean) {
  const result = transformSync('file.ts', source, {
    lang: 'ts',
    sourceType: 'module',
    ...loweringOptions,
    sourcemap,
  })
  const error = result.errors.find(({ severity }) => severity === 'Error')
  if (error !== undefined) throw syntaxErrorOf(source, error, { label, source })
  return result
}

function rewrite(code: string, sourcemap: boolean) {
  const result = moduleRunnerTransformSync('file.js', code, { sourcemap })
  const [error] = result.errors
  if (error !== undefined) throw new SyntaxError(error.message)
  return result
}

/** Made when an error is shown, by compiling again. */
function sourceMapOf(source: string, label: string): SourceMap {
  const first = compile(source, label, true)
  const second = rewrite(first.code, true)
  const layers = [second.map, first.map].map((map) => ({
    mappings: map?.mappings ?? '',
    names: map?.names ?? [],
    sources: map?.sources ?? [],
  }))
  return combineMaps(layers)
}

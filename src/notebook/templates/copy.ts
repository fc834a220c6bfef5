import { randomUUID } from 'node:crypto'
import type { VariableDeclarator } from 'oxc-parser'
import { type Cell, type Notebook, sourceOf } from '../notebook-file.js'
import { declarationOf, indexOfTag, injectedTag, parametersTag, parseCell } from '../parameter-cell.js'
import { type SetValue, valueText } from '../parameter-code.js'
import { withoutRunMetadata } from '../share-clean.js'

/**
 * A new notebook of a template: its texts and code with new ids, nothing of any run.
 *
 * @param values become the defaults of the cell tagged `parameters`, whose types and comments stay
 */
export function copyOfTemplate(template: Notebook, values: readonly SetValue[]): Notebook {
  const injected = template.cells[indexOfTag(template, injectedTag)]
  const declaring = template.cells[indexOfTag(template, parametersTag)]
  return {
    nbformat: 4,
    // Cells have ids since 4.5.
    nbformat_minor: Math.max(5, template.nbformat_minor),
    metadata: withoutRunMetadata(template.metadata),
    cells: template.cells
      .filter((cell) => cell !== injected)
      .map((cell) =>
        copyOfCell(cell, cell === declaring ? withDefaults(sourceOf(cell), values) : sourceOf(cell)),
      ),
  }
}

function copyOfCell(cell: Cell, source: string): Cell {
  const { outputs: _outputs, execution_count: _count, ...rest } = cell
  const copy = { ...rest, id: randomUUID().slice(0, 8), metadata: withoutRunMetadata(cell.metadata), source }
  return cell.cell_type === 'code' ? { ...copy, outputs: [], execution_count: null } : copy
}

/** A cell's text with other values in its declarations. */
function withDefaults(source: string, values: readonly SetValue[]): string {
  const { program } = parseCell(source)
  const declarators = program.body.flatMap((statement) => declarationOf(statement)?.declarators ?? [])
  const changes = values.flatMap(({ declared, value }) => {
    const declarator = declarators.findLast(({ id }) => id.type === 'Identifier' && id.name === declared.name)
    return declarator === undefined ? [] : [{ ...placeOf(declarator), text: valueText(value) }]
  })
  return changes
    .sort((a, b) => b.start - a.start)
    .reduce((text, { start, end, before, text: written }) => {
      return `${text.slice(0, start)}${before}${written}${text.slice(end)}`
    }, source)
}

/** Where the default stands; what follows it to say its type stays. */
function placeOf({ init, end }: VariableDeclarator): { start: number; end: number; before: string } {
  if (init === null) return { start: end, end, before: ' = ' }
  const value =
    init.type === 'TSAsExpression' || init.type === 'TSSatisfiesExpression' ? init.expression : init
  return { start: value.start, end: value.end, before: '' }
}

import type { FieldNode } from 'graphql'
import { XdrError } from '../../errors.js'
import type { PagedField, PagingStyleName } from '../../providers/paged-field.js'
import { plain } from '../../text.js'
import { type ArgumentContext, isInput, type WrittenArgument, writtenArguments } from './arguments.js'
import { type Fragments, findPath } from './selection.js'
import { pagingStyles, totalNames, usualField } from './styles.js'

/**
 * How a field is paged: as the platform describes it, as a person says, or as its arguments and fields are called.
 *
 * @returns `undefined` where nothing says
 * @throws XdrError `XDR_BAD_OPTION` for a style that the field does not have
 */
export function pagingOf(
  field: FieldNode,
  style: PagingStyleName | undefined,
  known: PagedField | undefined,
  fragments: Fragments,
  context: ArgumentContext,
): PagedField | undefined {
  const written = writtenArguments(field, context)
  if (known !== undefined && (style === undefined || style === known.style)) {
    return style === undefined && known.style === 'parts' && beginsLater(written, known)
      ? { ...known, style: 'offset' }
      : known
  }
  if (style === 'parts') {
    throw new XdrError('XDR_BAD_OPTION', `${plain(field.name.value, 60)} is not known to come in parts`, {
      hint: 'leave style out, or name the one that it has: offset, page, cursor, token, once',
    })
  }
  // A search that is kept for its parts can be paged by offset as well.
  if (known !== undefined && style === 'offset' && known.style === 'parts') return { ...known, style }
  if (style !== undefined) return read(field, style, written, fragments, context)
  const names = Object.keys(pagingStyles) as PagingStyleName[]
  const fitting = names.find((name) => fits(field, name, written, fragments))
  return fitting === undefined ? undefined : read(field, fitting, written, fragments, context)
}

/** Whether a person asks for rows from an offset: parts begin at the first. */
function beginsLater(written: readonly WrittenArgument[], { input, position }: PagedField): boolean {
  const offset = written.find((each) => each.input === input && each.name === position)
  return typeof offset?.value === 'number' && offset.value > 0
}

/** Whether a document asks for pages of this style, in so many words. */
function fits(
  field: FieldNode,
  name: PagingStyleName,
  written: readonly WrittenArgument[],
  fragments: Fragments,
): boolean {
  const style = pagingStyles[name]
  if (positionOf(name, written) !== undefined) return true
  if (style.next.some(({ cursor }) => findPath(field.selectionSet, cursor.split('.'), fragments))) return true
  if (name !== 'cursor') return false
  const isRelay = findPath(field.selectionSet, ['pageInfo'], fragments) !== undefined
  return isRelay || written.some((each) => each.name === 'first')
}

function positionOf(name: PagingStyleName, written: readonly WrittenArgument[]): WrittenArgument | undefined {
  const isCounted = name === 'page' || name === 'offset'
  return written.find(
    ({ name: argument, value }) =>
      pagingStyles[name].position.includes(argument) &&
      // `from` and `start` may be times.
      (!isCounted || value === undefined || typeof value === 'number'),
  )
}

function read(
  field: FieldNode,
  name: PagingStyleName,
  written: readonly WrittenArgument[],
  fragments: Fragments,
  context: ArgumentContext,
): PagedField {
  const style = pagingStyles[name]
  const isSelected = (path: string) => findPath(field.selectionSet, path.split('.'), fragments) !== undefined
  const position = positionOf(name, written)
  const size = written.find((each) => style.size.includes(each.name))
  const [only, second] = field.arguments ?? []
  const alone = second === undefined ? only?.name.value : undefined
  const input =
    (position ?? size)?.input ??
    (position === undefined && size === undefined && alone !== undefined && isInput(field, alone, context)
      ? alone
      : undefined)
  const total = totalNames.find(isSelected)
  return {
    ...usualField(name),
    ...(input === undefined ? {} : { input }),
    ...(position === undefined ? {} : { position: position.name }),
    ...(size === undefined ? {} : { size: size.name }),
    ...(total === undefined ? {} : { total }),
    ...nextFields(name, position?.name, isSelected),
  }
}

/**
 * What says where the next page is: fields that are selected, else those that belong to the argument, else
 * the usual.
 */
function nextFields(
  name: PagingStyleName,
  position: string | undefined,
  isSelected: (path: string) => boolean,
): Partial<PagedField> {
  const { next } = pagingStyles[name]
  const selected = next.find(({ cursor }) => isSelected(cursor))
  const found = selected ?? next.find((each) => each.position === position) ?? next[0]
  if (found === undefined) return {}
  // Beside a lone cursor that a person selected, only what was selected is there for sure.
  const { more } = found
  const hasMore = more !== undefined && (selected === undefined || more.includes('.') || isSelected(more))
  return { cursor: found.cursor, position: position ?? found.position, ...(hasMore ? { more } : {}) }
}

import type { Row } from '../results/table.js'
import type { GraphQLDocument } from './document.js'
import type { ListName, PageArgument } from './paging/styles.js'

/** Types of documents that are given as text in full, by that text: the file that `xdrlab types` writes fills it in. */
// biome-ignore lint/suspicious/noEmptyInterface: other files declare its members
export interface DocumentTypes {}

/** What is known of a text: unknown ones take and give anything. */
export type TypeOfText<TText, TPart extends 'data' | 'variables'> = TText extends keyof DocumentTypes
  ? DocumentTypes[TText] extends Record<TPart, infer TKnown>
    ? TKnown
    : never
  : Record<string, unknown>

/** A text known in full when the program is checked. */
export type WholeText<TText extends string> =
  Record<never, never> extends Record<TText, unknown> ? TextWithValues : TText

/** No text is of this type: a checker shows it where values are put into a text. */
type TextWithValues = string & { 'only a text in full: values belong into the variables': never }

/**
 * What follows a document: its variables, which may be left out where it needs none, and options. Their types come from
 * the document alone, so that variables which it does not have are errors.
 */
export type DocumentArguments<TVariables, TOptions> =
  Record<never, never> extends TVariables
    ? [variables?: Given<TVariables>, options?: TOptions]
    : [variables: Given<TVariables>, options?: TOptions]

/** As `NoInfer`, but tooltips show it as the type that it is. */
export type Given<T> = [T][T extends unknown ? 0 : never]

/** Variables of a document before options that have to be there. */
export type VariablesBefore<TVariables> =
  Record<never, never> extends TVariables ? Given<TVariables> | undefined : Given<TVariables>

/** Any document, where the caller says what it gives. */
export type DocumentGiving<TData> = [TData] extends [never]
  ? DocumentWithVariables
  : string | GraphQLDocument<unknown, never>

/** No document is of this type: a checker shows it where variables are missing. */
interface DocumentWithVariables {
  'the document needs variables: they come next': never
}

/** Variables of a list: those that say which page is meant are filled in by whoever reads the list. */
export type ListVariables<TVariables> = [PageVariable<TVariables>] extends [never]
  ? TVariables
  : InOne<Omit<TVariables, PageVariable<TVariables>> & Partial<Pick<TVariables, PageVariable<TVariables>>>>

/** The same, as tooltips can show it. */
type InOne<TParts> = { [Key in keyof TParts]: TParts[Key] }

type PageVariable<TVariables> = {
  [Name in keyof TVariables & PageArgument]: TVariables[Name] extends string | number | null | undefined
    ? Name
    : never
}[keyof TVariables & PageArgument]

/**
 * A row of the one list in what a document gives: of the list that is nearest to the field. Where there is none, or
 * several and none with a usual name, a row of anything.
 *
 * @example
 * type Found = RowOf<{ alerts: { list: { id: string }[] | null } | null }>     // { id: string }
 */
export type RowOf<TData> = 0 extends 1 & TData
  ? TData
  : string extends keyof TData
    ? Row
    : IsOne<RootWithRows<TData>> extends true
      ? RowWithin<Pick<TData, RootWithRows<TData>>>
      : Row

type RootWithRows<TData> = {
  [Key in keyof TData]-?: [RowWithin<Pick<TData, Key>>] extends [never] ? never : Key
}[keyof TData]

/** Looks level by level, as `findList` does; `never` where there is no list, or none that can be chosen. */
type RowWithin<TLevel, TDepth extends readonly unknown[] = []> = [ListKey<TLevel>] extends [never]
  ? [ObjectWithin<TLevel>] extends [never]
    ? never
    : TDepth['length'] extends 4
      ? never
      : RowWithin<ObjectWithin<TLevel>, [...TDepth, unknown]>
  : RowAt<TLevel, IsOne<ListKey<TLevel>> extends true ? ListKey<TLevel> : Extract<ListKey<TLevel>, ListName>>

type RowAt<TLevel, TKey> = TLevel extends unknown
  ? TKey extends keyof TLevel
    ? NonNullable<TLevel[TKey]> extends readonly (infer TEntry)[]
      ? NonNullable<TEntry>
      : never
    : never
  : never

/** Names of members that are lists of objects. */
type ListKey<TLevel> = TLevel extends unknown
  ? {
      [Key in keyof TLevel]-?: NonNullable<TLevel[Key]> extends readonly (infer TEntry)[]
        ? NonNullable<TEntry> extends object
          ? Key
          : never
        : never
    }[keyof TLevel]
  : never

/** Members that are objects themselves. */
type ObjectWithin<TLevel> = TLevel extends unknown
  ? {
      [Key in keyof TLevel]-?: NonNullable<TLevel[Key]> extends readonly unknown[]
        ? never
        : Extract<NonNullable<TLevel[Key]>, object>
    }[keyof TLevel]
  : never

type IsOne<TUnion, TWhole = TUnion> = [TUnion] extends [never]
  ? false
  : TUnion extends unknown
    ? [TWhole] extends [TUnion]
      ? true
      : false
    : never

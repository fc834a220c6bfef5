import { types } from 'node:util'
import type { MimeBundle } from '../src/display.js'
import { imageTypeOf } from '../src/image-type.js'
import { isRecord } from '../src/record.js'
import type { View } from '../src/screen/screen.js'
import { describeThrown } from './errors.js'
import { imageBundle } from './images.js'
import { inspectValue } from './value-text.js'

export type { MimeBundle } from '../src/display.js'

/** Objects that bring their own MIME bundle have a method of this name (a convention shared with Deno's kernel). */
const displayHook = Symbol.for('Jupyter.display')

/** Methods that give one form of a value each: IPython's names, and the one that table libraries have. */
const formHooks = {
  toHTML: 'text/html',
  _repr_html_: 'text/html',
  _repr_markdown_: 'text/markdown',
  _repr_latex_: 'text/latex',
  _repr_svg_: 'image/svg+xml',
  _repr_png_: 'image/png',
  _repr_jpeg_: 'image/jpeg',
  _repr_pdf_: 'application/pdf',
  _repr_json_: 'application/json',
  _repr_javascript_: 'application/javascript',
}

const vegaTypes = [
  [/\/vega-lite\//, 'application/vnd.vegalite.v5+json'],
  [/\/vega\//, 'application/vnd.vega.v5+json'],
] as const

let tableView: ((value: unknown) => View | undefined) | undefined

/** Loads the tables: a dozen modules that a kernel's first cells seldom need. */
export async function loadTables(): Promise<void> {
  tableView ??= (await import('../src/results/table.js')).tableView
}

/** How a value is shown. Never throws: a value that breaks while it is looked at is shown as that. */
export function describeValue(value: unknown): MimeBundle | Promise<MimeBundle> {
  try {
    if (!isObject(value)) return inspected(value)
    const made = hasHooks(value) ? fromHooks(value) : undefined
    if (made === undefined) return describePlain(value)
    if (!isThenable(made)) return complete(made, value)
    return Promise.resolve(made)
      .then((bundle) => complete(bundle, value))
      .catch((error) => withFailure(value, error))
  } catch (error) {
    return withFailure(value, error)
  }
}

/** A view of the library as a MIME bundle. */
export function viewBundle({ text, html, data }: View): MimeBundle {
  return { ...data, 'text/plain': text, ...(html === undefined ? {} : { 'text/html': html }) }
}

/** What JavaScript itself offers, images and tables recognised. */
function describePlain(value: object): MimeBundle | Promise<MimeBundle> {
  if (Array.isArray(value) && !types.isProxy(value) && isObject(value[0])) {
    return tableView === undefined ? loadTables().then(() => describeList(value)) : describeList(value)
  }
  if (value instanceof Uint8Array || types.isAnyArrayBuffer(value)) return describeBytes(value)
  if (value instanceof Blob && value.type.startsWith('image/')) {
    return value.arrayBuffer().then(describeBytes, (error) => withFailure(value, error))
  }
  if (value instanceof URL) return { 'text/plain': value.href }
  return inspected(value)
}

function describeBytes(value: Uint8Array | ArrayBufferLike): MimeBundle {
  const bytes = value instanceof Uint8Array ? value : new Uint8Array(value)
  const type = imageTypeOf(bytes)
  return type === undefined ? inspected(value) : imageBundle(type, bytes)
}

/** A list: as a table where it is one. */
function describeList(list: readonly unknown[]): MimeBundle {
  try {
    const view = tableView?.(list)
    return view === undefined ? inspected(list) : viewBundle(view)
  } catch (error) {
    return withFailure(list, error)
  }
}

/**
 * A module's exports are names of other things, and a proxy may answer to every name: what a made-up one finds there,
 * a real one finds as well.
 */
function hasHooks(value: object): boolean {
  if (types.isModuleNamespaceObject(value)) return false
  return (
    !types.isProxy(value) || memberOf(value, 'xdrlab asks whether you answer to everything') === undefined
  )
}

/** What a value says of its own display; `undefined` where it says nothing. */
function fromHooks(value: object): unknown {
  const whole = call(value, displayHook) ?? call(value, '_repr_mimebundle_')
  // Python's convention has the metadata beside the bundle.
  if (whole !== undefined && whole !== null) return Array.isArray(whole) ? whole[0] : whole
  const forms: [string, unknown][] = []
  for (const [name, type] of Object.entries(formHooks)) {
    const form = call(value, name)
    if (form !== undefined && form !== null) forms.push([type, form])
  }
  if (forms.length === 0) return fromLibraries(value)
  return forms.some(([, form]) => isThenable(form))
    ? Promise.all(forms.map(async ([type, form]) => [type, carried(await form)])).then(Object.fromEntries)
    : Object.fromEntries(forms.map(([type, form]) => [type, carried(form)]))
}

/** Charts, drawings and elements, known by what their libraries have in common. */
function fromLibraries(value: object): MimeBundle | undefined {
  const spec = call(value, 'toSpec') ?? value
  const schema = isRecord(spec) ? memberOf(spec, '$schema') : undefined
  if (typeof schema === 'string') {
    const type = vegaTypes.find(([pattern]) => pattern.test(schema))?.[1]
    if (type !== undefined) return { [type]: spec }
  }
  const image = call(value, 'toDataURL')
  const base64 = typeof image === 'string' ? /^data:image\/png;base64,(.*)$/s.exec(image)?.[1] : undefined
  if (base64 !== undefined) return { 'image/png': base64, 'text/plain': '[image/png]' }
  const markup = memberOf(value, 'outerHTML')
  return typeof markup === 'string' ? { 'text/html': markup, 'text/plain': markup } : undefined
}

function call(value: object, name: string | symbol): unknown {
  const method = memberOf(value, name)
  return typeof method === 'function' ? Reflect.apply(method, value, []) : undefined
}

/** A getter or a proxy that throws has nothing to say. */
function memberOf(value: object, name: string | symbol): unknown {
  try {
    return Reflect.get(value, name)
  } catch {
    return undefined
  }
}

function carried(form: unknown): unknown {
  return form instanceof Uint8Array ? Buffer.from(form).toString('base64') : form
}

/** What a display hook returned, if it is a bundle; else the value's inspection. */
function complete(made: unknown, value: unknown): MimeBundle {
  if (!isRecord(made) || Object.keys(made).length === 0) return inspected(value)
  // Consoles and logs print `text/plain`, and some fail where there is none.
  return 'text/plain' in made ? made : { ...made, ...inspected(value) }
}

function inspected(value: unknown): MimeBundle {
  try {
    return { 'text/plain': inspectValue(value) }
  } catch (error) {
    return unshowable(error)
  }
}

/** The value without the display that it brings and that failed. */
function withFailure(value: unknown, error: unknown): MimeBundle {
  const text = inspected(value)['text/plain']
  return { 'text/plain': `${text}\n${unshowable(error)['text/plain']}` }
}

function unshowable(error: unknown): MimeBundle {
  const [reason = ''] = describeThrown(error).split('\n')
  return { 'text/plain': `[a value that cannot be shown: ${reason}]` }
}

function isThenable(value: unknown): boolean {
  return isObject(value) && typeof memberOf(value, 'then') === 'function'
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

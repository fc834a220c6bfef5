import { activeCell } from './cell.js'
import { DisplayHandle, describeValue, type MimeBundle } from './display.js'
import type { Iopub } from './iopub.js'
import { isRecord } from './json.js'
import type { Stdin } from './stdin.js'

interface DisplayOptions {
  /** The value is a MIME bundle already. */
  raw?: boolean
}

/** What `display(…)` returns: shown already, so as a cell's last value it shows nothing more. */
export class Shown {
  readonly #handle: DisplayHandle

  constructor(handle: DisplayHandle) {
    this.#handle = handle
  }

  /** Shows another value in its place. */
  update(value: unknown, options?: DisplayOptions): void {
    this.#handle.update(bundleOf(value, options))
  }
}

/** Puts `display`, `input`, `password` and `require` where every cell sees them, and any cell may shadow them. */
export function installCellGlobals(iopub: Iopub, stdin: Stdin, require: NodeJS.Require): void {
  const show = (bundle: MimeBundle | Promise<MimeBundle>) => new Shown(new DisplayHandle(iopub, bundle))
  const showAs = (type: string) => (content: unknown) => show({ [type]: content })
  const display = Object.assign(
    (value: unknown, options?: DisplayOptions) => show(bundleOf(value, options)),
    {
      text: showAs('text/plain'),
      html: showAs('text/html'),
      markdown: showAs('text/markdown'),
      latex: showAs('text/latex'),
      svg: showAs('image/svg+xml'),
      json: showAs('application/json'),
      png: (image: Uint8Array | string) => show({ 'image/png': base64(image) }),
      jpeg: (image: Uint8Array | string) => show({ 'image/jpeg': base64(image) }),
      /** Takes away what the cell has shown so far; with `wait`, only when something new arrives. */
      clear: (wait = false) => {
        const cell = activeCell()
        if (cell?.silent !== true) iopub.publish(cell?.request.header, 'clear_output', { wait })
      },
    },
  )
  const ask = (prompt: string, isHidden: boolean) =>
    stdin.ask(activeCell(), { prompt, label: prompt.replace(/[?:\s]+$/, '') || 'An answer', isHidden })
  const globals = {
    display,
    input: (prompt = '') => ask(String(prompt), false),
    password: (prompt = 'Password: ') => ask(String(prompt), true),
    require,
  }
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false })
  }
}

function bundleOf(value: unknown, { raw = false }: DisplayOptions = {}): MimeBundle | Promise<MimeBundle> {
  return raw && isRecord(value) ? value : describeValue(value)
}

/** Image bytes as Jupyter carries them; text is taken as base64 already. */
function base64(image: Uint8Array | string): string {
  return typeof image === 'string' ? image : Buffer.from(image).toString('base64')
}

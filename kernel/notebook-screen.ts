import { newDisplay } from '../src/display.js'
import type { Question, Screen, View } from '../src/screen/screen.js'
import { activeCell } from './cell.js'
import { viewBundle } from './display.js'
import type { Iopub } from './iopub.js'
import type { Stdin } from './stdin.js'

/** The person behind the notebook, as the library's flows meet them. */
export function createNotebookScreen(iopub: Iopub, stdin: Stdin): Screen {
  return {
    kind: 'notebook',
    // A front end draws an updated output anew: every second, a click on the link or a selection would be lost.
    refreshMs: 5_000,
    get signal() {
      return activeCell()?.signal
    },
    async ask({ label, initial, hidden = false }: Question, signal?: AbortSignal) {
      const prompt = initial === undefined || hidden ? `${label}: ` : `${label} [${initial}]: `
      const answer = await stdin.ask(activeCell(), { prompt, label, isHidden: hidden }, signal)
      return answer === '' ? (initial ?? '') : answer
    },
    show(view: View) {
      const handle = newDisplay().update(viewBundle(view), { raw: true })
      return { update: (next) => void handle.update(viewBundle(next), { raw: true }) }
    },
    note(level, text) {
      const cell = activeCell()
      if (cell?.silent === true) return
      const line = level === 'warning' ? `warning: ${text}\n` : `${text}\n`
      iopub.write(cell?.request.header, level === 'warning' ? 'stderr' : 'stdout', line)
    },
  }
}

import { currentScreen, type Screen } from '../screen/screen.js'
import { guardOutputs } from './outcome.js'

/** The screen of this process. Where nobody sits at it, stderr is made with the first word that is written to it. */
export async function quietScreen(): Promise<Screen> {
  const screen = await currentScreen()
  if (screen.kind !== 'none') {
    guardOutputs()
    return screen
  }
  return {
    ...screen,
    show: (view) => {
      guardOutputs()
      return screen.show(view)
    },
    note: (level, text) => {
      guardOutputs()
      screen.note(level, text)
    },
  }
}

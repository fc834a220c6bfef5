import { expect, test } from 'vitest'
import { LiveText } from '../../src/cli/live-text.js'
import { ReflowingTerminal } from '../support/reflowing-terminal.js'

test.each([30, 17, 120])(
  'what runs is told in one place when a terminal of 80 columns gets %i',
  (columns) => {
    const terminal = new ReflowingTerminal(80)
    terminal.write('the output of a cell\n')
    let seconds = 1
    const live = new LiveText(
      () => `… [1/2] ${'a long title '.repeat(4)}· ${seconds} s`,
      terminal as unknown as NodeJS.WriteStream,
    )
    live.start()
    live.refresh()
    terminal.resize(columns)
    seconds = 2
    live.refresh()
    const joined = terminal.shown().join('')
    expect(joined.match(/… \[1\/2\]/g)).toHaveLength(1)
    expect(joined.match(/\d s/g)).toEqual(['2 s'])
    terminal.resize(25)
    live.stop()
    expect(terminal.shown().filter((line) => line !== '')).toEqual(
      columns === 17 ? ['the output of a c', 'ell'] : ['the output of a cell'],
    )
  },
)

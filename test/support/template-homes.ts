import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CliHome, openHome } from './cli.js'
import { notebookOf, printedBy } from './notebooks.js'

/** A template's file: four parameters, and what a run has left in it. */
export const hunt = (code = '', more: object = {}) => {
  const notebook = notebookOf(
    { cell_type: 'markdown', id: 'aaa', source: '# Hunt\n\nLooks for one indicator everywhere. And more.' },
    {
      id: 'bbb',
      metadata: { tags: ['parameters'], execution: { 'iopub.execute_input': '2026-01-01' } },
      source: [
        "const region: 'us1' | 'eu' = 'us1' // where\n",
        'const limit = 10 // how many rows\n',
        "const hosts: string[] = ['a'] // which hosts\n",
        "const earliest = '-7d' as string",
      ],
      execution_count: 4,
      outputs: [printedBy('stdout', 'of a run')],
    },
    { id: 'ccc', metadata: { tags: ['injected-parameters'] }, source: "const region = 'eu'" },
    { id: 'ddd', source: code },
  )
  return JSON.stringify({ ...notebook, metadata: { papermill: {}, kernelspec: { name: 'xdrlab' }, ...more } })
}

/** A home with a team's folder that `XDRLAB_TEMPLATES` names. */
export function openTeam(): CliHome & { team: string } {
  const home = openHome()
  const team = join(home.folder, 'team')
  mkdirSync(team)
  writeFileSync(join(team, '07-wide-hunt.ipynb'), hunt())
  home.env.XDRLAB_TEMPLATES = team
  return Object.assign(home, { team })
}

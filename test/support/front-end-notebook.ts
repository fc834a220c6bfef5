import { writeFileSync } from 'node:fs'
import { notebookOf, shown } from './notebooks.js'

/** A notebook whose cells were run, with one output each, and the names of the outputs as their code. */
export function writeOutputs(path: string, outputs: Readonly<Record<string, Record<string, unknown>>>): void {
  const cells = Object.entries(outputs).map(([name, data], at) => ({
    id: `cell-${at}`,
    source: `// ${name}`,
    execution_count: at + 1,
    outputs: [shown(data)],
  }))
  const notebook = notebookOf(...cells)
  notebook.metadata.kernelspec = {
    name: 'xdrlab',
    display_name: 'TypeScript (xdrlab)',
    language: 'typescript',
  }
  writeFileSync(path, JSON.stringify(notebook))
}

/** What JupyterLab reads at its start: a theme, and every cell in the page, also those that are not in sight. */
export function labSettings(theme: 'Light' | 'Dark'): Record<string, object> {
  return {
    '@jupyterlab/apputils-extension/themes': { theme: `JupyterLab ${theme}` },
    '@jupyterlab/notebook-extension/tracker': { windowingMode: 'none' },
  }
}

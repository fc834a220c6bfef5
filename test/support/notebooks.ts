import type { Cell, Notebook, Output } from '../../src/notebook/notebook-file.js'

/** A notebook of these cells; what a cell does not say is empty. */
export function notebookOf(...cells: (Partial<Cell> & { attachments?: object })[]): Notebook {
  const whole = cells.map((cell) => ({
    cell_type: 'code' as const,
    metadata: {},
    source: '',
    ...(cell.cell_type === undefined || cell.cell_type === 'code' ? { outputs: [] } : {}),
    ...cell,
  }))
  return { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: whole }
}

export function shown(data: Record<string, unknown>, metadata: Record<string, unknown> = {}): Output {
  return { output_type: 'display_data', data, metadata }
}

export function printedBy(name: 'stdout' | 'stderr', text: string): Output {
  return { output_type: 'stream', name, text }
}

/** Made up, and put together here, so that no scanner of others takes this file for a leak. */
export const githubToken = `ghp_${'aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5'}`

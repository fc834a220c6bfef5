/**
 * The rows of an answer as a table as wide as the terminal; `undefined` where stdout is none, or the answer
 * has no rows.
 */
export async function terminalTable(answer: unknown): Promise<string | undefined> {
  if (!process.stdout.isTTY || typeof answer !== 'object' || answer === null) return undefined
  // Loaded when somebody looks: a pipe gets JSON.
  const { findRows, tableView } = await import('../results/table.js')
  const rows = findRows(answer)
  return rows === undefined ? undefined : tableView(rows, process.stdout.columns)?.text
}

/** So far behind its bytes, at most, a row of a dump has its text. */
const longestGap = 24

/**
 * Where a row of a dump shows the same bytes once more, as text: behind their digits, with a dot for each
 * that cannot be shown (`65 79 4a 68  |eyJh|`).
 *
 * @param end where the digits end
 */
export function dumpColumn(
  text: string,
  end: number,
  row: string,
): { start: number; end: number } | undefined {
  const shown = row.replace(/[^ -~]/g, '.')
  for (const written of [shown, JSON.stringify(shown).slice(1, -1)]) {
    const start = text.slice(end, end + longestGap + written.length).indexOf(written)
    if (start >= 0) return { start: end + start, end: end + start + written.length }
  }
  return undefined
}

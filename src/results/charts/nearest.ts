/** Names like the one that was written, the most alike first. */
export function nearestNames(written: string, names: readonly string[], most = 3): string[] {
  const wanted = written.toLowerCase().slice(0, longest)
  return names
    .map((name) => ({ name, distance: distanceTo(wanted, name) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ name }) => name)
}

const longest = 60

/** The whole name, or its last part: whoever writes `severity` means `metadata.severity`. */
function distanceTo(wanted: string, name: string): number {
  const whole = name.toLowerCase().slice(0, longest)
  const last = whole.slice(whole.lastIndexOf('.') + 1)
  return Math.min(editDistance(wanted, whole), editDistance(wanted, last) + 0.5)
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(change, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    above = row
  }
  return above[b.length] ?? a.length
}

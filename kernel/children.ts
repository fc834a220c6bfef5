import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** Sends `signal` to this process's children and to theirs, except to `spared` ones and what those have started. */
export function signalChildren(signal: NodeJS.Signals, spared: ReadonlySet<number>): void {
  const byParent = new Map<number, number[]>()
  for (const [pid, parent] of processes()) byParent.set(parent, [...(byParent.get(parent) ?? []), pid])
  const visit = (parent: number): void => {
    for (const pid of byParent.get(parent) ?? []) {
      if (spared.has(pid)) continue
      visit(pid)
      try {
        process.kill(pid, signal)
      } catch {
        // It has ended by itself.
      }
    }
  }
  visit(process.pid)
}

/** Every process and its parent. */
function processes(): [pid: number, parent: number][] {
  try {
    if (process.platform === 'linux') return fromProc()
    if (process.platform === 'win32') return []
    // The helper itself is among its rows, and has ended when they are read.
    return execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
      .map(([pid = 0, parent = 0]) => [pid, parent])
  } catch {
    return []
  }
}

/** Slim containers have no `ps`. */
function fromProc(): [pid: number, parent: number][] {
  const rows: [number, number][] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      // The second field is the program's name in parentheses, and may hold anything.
      const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      rows.push([Number(name), Number(parent)])
    } catch {
      // It has ended meanwhile.
    }
  }
  return rows
}

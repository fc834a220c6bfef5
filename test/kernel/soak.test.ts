import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startKernel } from '../../kernel/client.js'
import { removeFolder } from '../support/temp-home.js'

/** A notebook's life in small: declarations, types, awaits, prints, displays, results and errors. */
const cellOf = (n: number) =>
  [
    `let total = 0; for (let i = 0; i < 50; i++) total += i * ${n}\ntotal`,
    `interface Row { id: number }\nconst rows: Row[] = Array.from({ length: 20 }, (_, id) => ({ id: id + ${n} }))\nrows`,
    `await new Promise((resolve) => setImmediate(resolve)); console.log("cell ${n}", { n: ${n} })`,
    `display.html("<b>${n}</b>").update(${n})`,
    `throw new Error("cell ${n} fails")`,
    `const later = async (x: number): Promise<string> => { await null; return "x".repeat(1000) + x }\nlater(${n})`,
  ][n % 6] ?? ''

test('2,000 cells hold memory flat', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'xdrlab-soak-'))
  const kernel = await startKernel({ cwd: folder, nodeArgs: ['--expose-gc'] })
  try {
    const heldBytes = async () => {
      let text = ''
      const code =
        'gc(); await new Promise((resolve) => setTimeout(resolve, 20)); gc(); process.memoryUsage().heapUsed + process.memoryUsage().external'
      await kernel.execute(code, {
        timeoutMs: 30_000,
        onOutput: (output) => {
          if (output.type === 'execute_result') text = String(output.content.data['text/plain'])
        },
      })
      return Number(text)
    }
    const run = async (from: number, to: number) => {
      for (let n = from; n < to; n++) await kernel.execute(cellOf(n), { timeoutMs: 30_000 })
    }
    // What is loaded and compiled once is not growth.
    await run(0, 300)
    const before = await heldBytes()
    await run(300, 2_300)
    const after = await heldBytes()
    expect(before).toBeGreaterThan(1_000_000)
    expect((after - before) / 2_000 / 1024).toBeLessThan(20)
  } finally {
    await kernel.shutdown()
    removeFolder(folder)
  }
}, 120_000)

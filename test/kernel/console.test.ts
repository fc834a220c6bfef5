import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KernelSession, openKernel } from '../support/kernel-session.js'

let kernel: KernelSession
beforeAll(async () => {
  kernel = await openKernel()
})
afterAll(async () => {
  await kernel[Symbol.asyncDispose]()
})

describe('console', () => {
  test.each([
    ['log', 'console.log("a", 1, { b: [2] })', 'a 1 { b: [ 2 ] }\n', ''],
    ['info and debug', 'console.info("i"); console.debug("d")', 'i\nd\n', ''],
    ['warn and error', 'console.warn("w"); console.error("e")', '', 'w\ne\n'],
    [
      'formats',
      'console.log("%s %d %i %f %j %o %O %c%%|", "s", "4", 4.7, "4.7", { j: 1 }, [1], { p: 1 }, "color: red")',
      's 4 4 4.7 {"j":1} [ 1, [length]: 1 ] { p: 1 } %|\n',
      '',
    ],
    [
      'table',
      'console.table([{ a: 1, b: "x" }])',
      "┌─────────┬───┬─────┐\n│ (index) │ a │ b   │\n├─────────┼───┼─────┤\n│ 0       │ 1 │ 'x' │\n└─────────┴───┴─────┘\n",
      '',
    ],
    ['dir', 'console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 })', '{ a: [Object] }\n', ''],
    ['dirxml', 'console.dirxml({ a: 1 }, [2])', '{ a: 1 } [ 2 ]\n', ''],
    [
      'assert',
      'console.assert(true, "no"); console.assert(1 > 2, "is %s", "so")',
      '',
      'Assertion failed: is so\n',
    ],
    [
      'count',
      'console.count(); console.count("x"); console.count(); console.countReset(); console.count()',
      'default: 1\nx: 1\ndefault: 2\ndefault: 1\n',
      '',
    ],
    [
      'group',
      'console.group("one"); console.log("in\\nit"); console.groupCollapsed("two"); console.error("deep"); console.groupEnd(); console.log("out"); console.groupEnd(); console.groupEnd(); console.log("end")',
      'one\n  in\n  it\n  two\n  out\nend\n',
      '    deep\n',
    ],
    [
      'profile, profileEnd and timeStamp',
      'console.profile(); console.timeStamp("x"); console.profileEnd()',
      '',
      '',
    ],
  ])('%s', async (_name, code, stdout, stderr) => {
    const ran = await kernel.run(code)
    expect({ stdout: ran.stdout, stderr: ran.stderr, traceback: ran.traceback }).toEqual({
      stdout,
      stderr,
      traceback: '',
    })
  })

  test('times from cell to cell', async () => {
    await kernel.run('console.time("whole")')
    expect((await kernel.run('console.timeLog("whole", "so far")')).stdout).toMatch(
      /^whole: [\d.:]+(ms|s|m).* so far\n$/,
    )
    expect((await kernel.run('console.timeEnd("whole")')).stdout).toMatch(/^whole: [\d.:]+(ms|s|m)/)
  })

  test('a group of a cell that failed indents no other', async () => {
    await kernel.run('console.group("open"); throw new Error("early")')
    expect((await kernel.run('console.log("flush left")')).stdout).toBe('flush left\n')
  })

  test('trace names the places in cells', async () => {
    await kernel.run('type A = 1\nfunction traced() {\n  console.trace("here %d", 1)\n}')
    const { stderr, executionCount } = await kernel.run('\ntraced()')
    expect(stderr).toBe(
      `Trace: here 1\n    at traced (cell [${executionCount - 1}]:3:11)\n    at cell [${executionCount}]:2:1\n`,
    )
  })

  test('is a console that libraries can make another one of', async () => {
    const { stdout } = await kernel.run(
      'const own = new console.Console(process.stdout); own.log("mine"); process.stdout.end("last\\n"); console.log("still")',
    )
    expect(stdout).toBe('mine\nlast\nstill\n')
  })
})

describe('what would end the kernel', () => {
  test.each([
    'process.exit()',
    'process.abort()',
    'process.reallyExit(1)',
    'process.kill(process.pid)',
    'process.kill(0, "SIGKILL")',
  ])('%s is an error that names the way out', async (code) => {
    const { error } = await kernel.run(code)
    expect(error?.evalue).toContain('would end the kernel')
    expect(error?.traceback.join()).toContain('restart button')
    expect((await kernel.run('process.kill(process.pid, 0)')).text).toBe('true')
  })
})

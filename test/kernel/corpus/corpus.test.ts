import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KernelSession, openKernel } from '../../support/kernel-session.js'
import { async } from './async.js'
import { bindings } from './bindings.js'
import { classes } from './classes.js'
import { control } from './control.js'
import { type Case, type Corpus, casesOf } from './corpus-case.js'
import { errors } from './errors.js'
import { expressions } from './expressions.js'
import { functions } from './functions.js'
import { runInKernel } from './kernel-cells.js'
import { moduleFiles, modules } from './modules.js'
import { runInNode } from './node-script.js'
import { results } from './results.js'
import { typescript } from './typescript.js'

const groups: Record<string, Corpus> = {
  async,
  bindings,
  classes,
  control,
  errors,
  expressions,
  functions,
  modules,
  results,
  typescript,
}
const cases = Object.entries(groups).flatMap(([group, corpus]) =>
  casesOf(corpus).map((one) => ({ ...one, group })),
)

let kernel: KernelSession
let fromNode: Map<Case, string>
const fromKernel = new Map<Case, string>()

beforeAll(async () => {
  kernel = await openKernel(moduleFiles)
  const answers = await runInNode(cases, kernel.folder)
  fromNode = new Map(cases.map((one, index) => [one, answers[index] ?? '']))
  for (const one of cases) fromKernel.set(one, await runInKernel(kernel, one))
}, 120_000)
afterAll(async () => {
  await kernel[Symbol.asyncDispose]()
})

test('the corpus has at least 300 cells', () => {
  expect(cases.flatMap(({ cells }) => cells).length).toBeGreaterThanOrEqual(300)
})

test('what is listed as different is', () => {
  expect(cases.filter((one) => one.because !== undefined && one.kernel === one.node)).toEqual([])
})

describe.each(Object.keys(groups))('%s', (group) => {
  const own = cases.filter((one) => one.group === group)
  test.each(own.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const outcome = { kernel: fromKernel.get(one), node: fromNode.get(one) }
    if (one.because === undefined) expect(outcome.kernel).toBe(outcome.node)
    else expect(outcome).toEqual({ kernel: one.kernel, node: one.node })
  })
})

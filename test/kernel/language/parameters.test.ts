import { expect, test } from 'vitest'
import { sourceOf } from '../../../src/notebook/notebook-file.js'
import { withParameters } from '../../../src/notebook/parameters.js'
import { notebookWith, textsOf } from '../../notebook/parameter-notebook.js'
import { openLanguage } from '../../support/language-session.js'

const declared = `type Region = 'us' | 'eu'
interface Filter { severity?: number }
const region: Region = 'us'
const limit = 10
const hosts: string[] = []
let filter: Filter = {}`

test('cells behind injected values are checked by the declared types', async () => {
  await using language = await openLanguage()
  const values = textsOf(['region=eu', 'limit=3', 'hosts=abc', 'filter={}'])
  const [, ...cells] = withParameters(notebookWith(declared), values, 'n.ipynb').cells.map(sourceOf)
  await language.kernel.run("checkTypes('strict')")
  for (const cell of cells) expect(await language.kernel.run(cell)).toMatchObject({ status: 'ok' })
  // Fits only while the injected values have not narrowed the types.
  const fits = `const other: Region = region
const isEither = region === 'us' || region === 'eu'
const isFew = limit === 10
filter = { severity: 2 }
;[other, isEither, isFew, hosts.map((host) => host.length)].join()`
  expect(await language.kernel.run(fits)).toMatchObject({ status: 'ok', text: "'eu,true,false,3'" })
  for (const wrong of [
    'const a: number = region',
    'hosts.push(5)',
    "filter = { severity: 'high' }",
    'limit.trim()',
  ]) {
    expect((await language.kernel.run(wrong)).error?.ename).toBe('TypeCheckError')
  }
})

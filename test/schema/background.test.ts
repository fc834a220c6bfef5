import { readFileSync } from 'node:fs'
import { beforeEach, expect, test, vi } from 'vitest'
import { taegis } from '../../src/providers/taegis.js'
import { type ActiveSchema, useSchemaHost } from '../../src/schema/active.js'
import { answer } from '../support/fault-proxy.js'
import { makeSchemasOlder } from '../support/schema-files.js'
import { connectWith } from '../support/sign-in.js'
import { type SignedIn, signedIn } from '../support/taegis-client.js'
import { taegisPaths } from '../support/taegis-server.js'

const { graphql } = taegisPaths
const patience = { timeout: 30_000 }

/** What the kernel has been told, in order. */
let told: ActiveSchema[] = []
useSchemaHost({ useSchema: (schema) => void told.push(schema) })
beforeEach(() => {
  told = []
})

const questions = ({ server }: Pick<SignedIn, 'server'>) =>
  server.proxy.to(graphql).filter(({ body }) => body.includes('IntrospectionQuery'))

/** Another sign-in to the same platform, as the next notebook makes it. */
async function connectAgain(it: SignedIn) {
  const { clock, screen, server } = it
  const token = server.proxy.to(taegisPaths.token).findLast(({ status }) => status === 200)
  return connectWith(taegis, {
    url: server.origin,
    token: JSON.parse(token?.answer ?? '{}').access_token,
    clock,
    screen,
  })
}

test('a kernel learns of the schema that ships at once, and of the platform’s own behind the cells', async () => {
  await using it = await signedIn()
  expect(told).toHaveLength(1)
  expect(readFileSync(told[0]?.path ?? '', 'utf8')).toContain('# xdrlab: snapshot')
  expect(questions(it)).toHaveLength(0)

  it.clock.advance(1_000)
  await vi.waitFor(() => expect(told).toHaveLength(2), patience)

  expect(readFileSync(told[1]?.path ?? '', 'utf8')).toMatch(/^# xdrlab schema .*"gateway":"\*"/)
  expect(told[1]?.hash).toBe((await it.xdr.schema.source).hash)
})

test('it is asked for once a day', async () => {
  await using it = await signedIn()
  it.clock.advance(1_000)
  await vi.waitFor(() => expect(told).toHaveLength(2), patience)

  await connectAgain(it)
  it.clock.advance(1_000)
  expect(told).toHaveLength(3)
  expect(told[2]).toEqual(told[1])
  expect(questions(it)).toHaveLength(1)

  makeSchemasOlder()
  await connectAgain(it)
  it.clock.advance(1_000)
  await vi.waitFor(() => expect(told).toHaveLength(5), patience)
  expect(questions(it)).toHaveLength(2)
})

test('a platform that does not tell it is not asked again for a day, and the person is told once', async () => {
  await using it = await signedIn({
    before: ({ proxy }) => proxy.failAlways(graphql, { kind: 'answer', status: 404, body: 'not found' }),
  })
  it.clock.advance(1_000)
  await vi.waitFor(async () => expect((await it.xdr.schema.source).refused).toBeDefined(), patience)
  const asked = questions(it).length
  expect(told).toHaveLength(1)

  for (let i = 0; i < 3; i++) {
    await connectAgain(it)
    it.clock.advance(1_000)
  }

  expect(questions(it)).toHaveLength(asked)
  const notes = it.screen.notes.filter(({ text }) => text.includes('schema'))
  expect(notes).toEqual([
    {
      level: 'info',
      text: 'Taegis XDR custom does not tell its schema: completion goes by the one that ships',
    },
  ])
})

test('a sign-in that is refused there begins no other', async () => {
  await using it = await signedIn({
    before: ({ proxy }) => proxy.failAlways(graphql, answer(401, { errors: [{ message: 'no' }] })),
  })
  const begun = it.server.proxy.to(taegisPaths.begin).length
  it.clock.advance(1_000)
  await vi.waitFor(async () => expect((await it.xdr.schema.source).refused).toBeDefined(), patience)
  expect(it.server.proxy.to(taegisPaths.begin)).toHaveLength(begun)
})

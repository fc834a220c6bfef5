import { expect, test } from 'vitest'
import { redactBytes, redactJson, redactText, streamFilter, useRedactor } from '../../kernel/redact.js'
import { createRedactor } from '../../kernel/redactor.js'
import { rememberSecret } from '../../src/secrets.js'

test('before the filter is there, nothing leaves a process that has a secret', () => {
  expect(redactText('ready')).toBe('ready')
  expect(redactJson('{"a":1}')).toBe('{"a":1}')

  rememberSecret('s3ntinel-of-the-start', 'password')
  for (const send of [
    () => redactText('ready'),
    () => redactJson('{"a":1}'),
    () => redactBytes(Buffer.from('ready')),
    () => streamFilter(),
  ])
    expect(send).toThrow('the output filter is not made yet')

  useRedactor(createRedactor())
  expect(redactText('it is s3ntinel-of-the-start')).toBe('it is ‹redacted: password›')
  expect(redactJson('{"s3ntinel-of-the-start":1}')).toBe('{"‹redacted: password›":1}')
  expect(String(redactBytes(Buffer.from('s3ntinel-of-the-start')))).toMatch(/^\*+$/)
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../src/package.js'

interface Block {
  language: string
  code: string
}

/** The fenced blocks of the README, in order. */
function blocks(): Block[] {
  const text = readFileSync(join(packageRoot, 'README.md'), 'utf8')
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', code = '']) => ({
    language,
    code,
  }))
}

/** Each command of its shell blocks, without the remark behind it. */
export function readmeCommands(): string[] {
  return blocks()
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => code.split('\n'))
    .map((line) => line.replace(/(?:^|\s+)#\s.*$/, '').trim())
    .filter((line) => line !== '')
}

/** Each of its TypeScript blocks. */
export function readmeCells(): string[] {
  return blocks()
    .filter(({ language }) => language === 'ts')
    .map(({ code }) => code)
}

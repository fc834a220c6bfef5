import { readdirSync, readFileSync } from 'node:fs'
import { join, parse } from 'node:path'
import { marked, type Token } from 'marked'
import { describe, expect, test } from 'vitest'
import { type Cell, parseNotebook, sourceOf } from '../../src/notebook/notebook-file.js'
import { parametersOf } from '../../src/notebook/parameter-cell.js'
import { packageRoot } from '../../src/package.js'
import { taegis } from '../../src/providers/taegis.js'
import { findProblems } from '../notebook/nbformat.js'
import { openHome } from '../support/cli.js'
import { templatePath } from '../support/templates.js'

const folder = join(packageRoot, 'notebooks')
const names = readdirSync(folder)
  .filter((file) => /^\d\d-[a-z-]+\.ipynb$/.test(file))
  .map((file) => parse(file).name)

const mostLines = 16

function read(name: string) {
  const text = readFileSync(templatePath(name), 'utf8')
  return { text, notebook: parseNotebook(text, name) }
}

const isTagged = (cell: Cell | undefined) => String(cell?.metadata.tags) === 'parameters'

/** What stands right before and right behind each piece of code in a text. */
function textAroundCode(markdown: string): [before: string, after: string][] {
  const around: [string, string][] = []
  marked.walkTokens(marked.lexer(markdown), (token) => {
    const parts: Token[] = ('tokens' in token && token.tokens) || []
    for (const [place, { type }] of parts.entries())
      if (type === 'codespan') around.push([parts[place - 1]?.raw ?? '', parts[place + 1]?.raw ?? ''])
  })
  return around
}

test('the templates are numbered, each number once', () => {
  expect(names.length).toBeGreaterThan(4)
  expect(new Set(names.map((name) => name.slice(0, 2))).size).toBe(names.length)
})

describe.each(names)('%s as it is saved', (name) => {
  const { text, notebook } = read(name)
  const { cells } = notebook

  test('is a notebook of our kernel without outputs, with names for its cells', () => {
    expect(findProblems(JSON.parse(text))).toEqual([])
    expect(notebook.metadata).toMatchObject({ kernelspec: { name: 'xdrlab', language: 'typescript' } })
    for (const { cell_type, id, outputs, execution_count } of cells) {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
      if (cell_type === 'code') expect([id, outputs, execution_count]).toEqual([id, [], null])
    }
  })

  test('begins with what it is for, then with its parameters, each with a type and a word of help', () => {
    const [title, parameters] = cells
    expect(title && sourceOf(title)).toMatch(/^# [A-Z][^\n]+\n\n\S/)
    expect(isTagged(parameters)).toBe(true)
    expect(cells.filter(isTagged)).toHaveLength(1)
    const declared = parametersOf(notebook, name) ?? []
    expect(declared.length).toBeGreaterThan(1)
    for (const { help, type } of declared) {
      expect(help).toMatch(/\w+/)
      expect(type).toBeDefined()
    }
  })

  test('takes every region of the platform where it takes one', () => {
    const region = parametersOf(notebook, name)?.find((parameter) => parameter.name === 'region')
    if (region === undefined) return expect(text).not.toContain('const region')
    const values = region.type.kind === 'union' ? region.type.types : []
    expect(values.map((member) => (member.kind === 'literal' ? member.value : member)).toSorted()).toEqual(
      Object.keys(taegis.regions).toSorted(),
    )
    expect(region.defaultText).toBe(`'sandbox'`)
  })

  test('has short cells, and text between them', () => {
    const code = cells.filter(({ cell_type }) => cell_type === 'code')
    for (const cell of code.filter((each) => !isTagged(each))) {
      expect(sourceOf(cell).split('\n').length, cell.id).toBeLessThanOrEqual(mostLines)
    }
    expect(cells.length - code.length).toBeGreaterThanOrEqual(5)
  })

  test('has code in its text that ends where it is meant to', () => {
    for (const cell of cells.filter(({ cell_type }) => cell_type === 'markdown')) {
      // A template literal in single backticks falls apart: words, or nothing, stand between its pieces.
      const cut = textAroundCode(sourceOf(cell)).filter(
        ([before, after]) => !/(?:^|[\s("])$/.test(before) || !/^(?:$|[\s).,:;!?"’])/.test(after),
      )
      expect(cut, cell.id).toEqual([])
    }
  })

  test('holds nothing that is not to be shared', async () => {
    await using home = openHome()
    const { status, stdout } = await home.run(['share', 'check', templatePath(name)])
    expect({ status, stdout }).toMatchObject({ status: 0 })
    for (const place of [packageRoot, '/home/', '/tmp/', '/Users/', 'C:\\Users'])
      expect(text).not.toContain(place)
  })
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { XdrError } from '../../src/errors.js'
import type { RunSummary } from '../../src/notebook/run-report.js'
import { runTenants, type TenantRunsOptions } from '../../src/notebook/run-tenants.js'
import { tempFolder } from '../support/temp-home.js'

const done: RunSummary = {
  status: 'ok',
  cells: [],
  cellsRun: 0,
  startedAt: '',
  endedAt: '',
  ms: 1,
  outputPath: '',
}

function tenantsOf(count: number): { id: string }[] {
  return Array.from({ length: count }, (_, place) => ({ id: String(place + 1) }))
}

async function runAll(folder: string, options: Partial<TenantRunsOptions>) {
  return await runTenants({
    notebook: 'n.ipynb',
    tenants: tenantsOf(6),
    folder,
    concurrency: 2,
    signal: new AbortController().signal,
    run: async () => done,
    watcher: {},
    ...options,
  })
}

const needed = new XdrError('XDR_SIGN_IN_NEEDED', 'nobody is there', { hint: 'set something' })

describe('runs over tenants', () => {
  test('as many run at the same time as may, each tenant once and in order', async () => {
    using folder = tempFolder()
    const began: string[] = []
    let running = 0
    let most = 0
    const summary = await runAll(folder.path, {
      run: async ({ tenant }) => {
        began.push(tenant)
        most = Math.max(most, ++running)
        await new Promise((resolve) => setImmediate(resolve))
        running--
        return done
      },
    })
    expect(most).toBe(2)
    expect(began).toEqual(['1', '2', '3', '4', '5', '6'])
    expect(summary.status).toBe('ok')
  })

  test('a sign-in that nobody can give ends them all; another refusal only its own', async () => {
    using folder = tempFolder()
    const refused = new XdrError('XDR_UNAUTHORIZED', 'no access', { hint: 'ask for it' })
    const summary = await runAll(folder.path, {
      concurrency: 1,
      run: async ({ tenant }) => {
        if (tenant === '2') throw refused
        if (tenant === '4') throw needed
        return done
      },
    })
    expect(summary.tenants.map(({ status }) => status)).toEqual([
      ...['ok', 'error', 'ok', 'error', 'not-run', 'not-run'],
    ])
    expect(summary).toMatchObject({ status: 'error', error: { code: 'XDR_SIGN_IN_NEEDED' } })
  })

  test('a notebook that is not whole fails its tenant, and is said on the page', async () => {
    using folder = tempFolder()
    const unsaved = { name: 'XdrError', code: 'XDR_FILE', message: 'the disk is full', hint: 'make room' }
    const summary = await runAll(folder.path, {
      tenants: tenantsOf(1),
      run: async () => ({ ...done, unsaved }),
    })
    expect(summary.status).toBe('error')
    expect(readFileSync(join(folder.path, 'index.html'), 'utf8')).toContain('the disk is full')
  })

  test('what is none of our errors comes out, after the runs that are under way', async () => {
    using folder = tempFolder()
    let ended = 0
    const failing = runAll(folder.path, {
      run: async ({ tenant }) => {
        if (tenant === '1') throw new TypeError('a mistake of ours')
        await new Promise((resolve) => setImmediate(resolve))
        ended++
        return done
      },
    })
    await expect(failing).rejects.toThrow('a mistake of ours')
    expect(ended).toBe(5)
  })

  test('names, messages and parameters are text on the page, whatever they are made of', async () => {
    using folder = tempFolder()
    const hostile = '</td><script>alert(1)</script>\u202e\u001b[31m"&'
    const cell = { index: 0, title: hostile, status: 'error' as const, ms: 1 }
    const error = { name: hostile, message: hostile, hint: hostile }
    await runAll(folder.path, {
      notebook: hostile,
      tenants: [{ id: '"><img/src=x>', name: hostile }],
      parameters: { hostile },
      run: async () => ({ ...done, status: 'error', error, cells: [{ ...cell, error }] }),
    })
    const page = readFileSync(join(folder.path, 'index.html'), 'utf8')
    expect(page).toContain('&#60;script&#62;alert(1)')
    for (const absent of ['<script', '<img', '\u202e', '\u001b']) expect(page).not.toContain(absent)
    expect(page).toContain("default-src 'none'")
  })
})

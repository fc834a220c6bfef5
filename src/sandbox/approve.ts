import { XdrError } from '../errors.js'
import type { SandboxUser } from './account.js'
import { Browser, type Page } from './browser.js'

export interface ApproveOptions {
  /** Where a person would go: `…/device?user_code=XXXX-XXXX`. */
  verificationUriComplete: string
  /** The code that the page must show. */
  userCode: string
  user: SandboxUser
  signal?: AbortSignal | undefined
  /** Cancel on the first page in place of signing in. */
  deny?: boolean | undefined
}

/** Confirm, sign in, consent and the last page; more would be a circle. */
const maxPages = 8

/**
 * Goes through the sandbox's sign-in pages over HTTP as a browser would: compares the code, confirms, signs in with
 * password and one-time code, and consents. Only for the sandbox: it holds its one person's password.
 *
 * @throws XdrError `XDR_SANDBOX` where a page is not what it should be
 */
export async function approveDevice(options: ApproveOptions): Promise<void> {
  const browser = new Browser(options.signal)
  const seen = new Set<string>()
  const wanted = options.deny === true ? 'denied' : 'success'
  try {
    let page = await browser.open(new URL(options.verificationUriComplete))
    for (let count = 0; count < maxPages; count++) {
      if (page.name === wanted) return
      if (page.name === 'login' && seen.has('login')) throw unexpected(page, 'the sign-in was refused')
      seen.add(page.name)
      page = await step(browser, page, options)
    }
    throw unexpected(page, 'the pages do not come to an end')
  } finally {
    await browser.close()
  }
}

function step(browser: Browser, page: Page, { user, userCode, deny }: ApproveOptions): Promise<Page> {
  switch (page.name) {
    case 'confirm': {
      const shown = page.textOf('user-code')
      if (shown !== userCode) throw unexpected(page, 'it shows another code than the notebook')
      return browser.submit(page, deny === true ? 'abort' : 'confirm', {})
    }
    case 'login':
      return browser.submit(page, undefined, {
        username: user.username,
        password: user.password,
        code: user.currentCode(),
      })
    case 'consent':
      return browser.submit(page, undefined, {})
    default:
      throw unexpected(page, page.note ?? 'it is not a page of the sign-in')
  }
}

function unexpected(page: Page, why: string): XdrError {
  return new XdrError('XDR_SANDBOX', `the sandbox's page "${page.title}" is not what was expected: ${why}`, {
    hint: 'start the sign-in again; if it happens again, open the address in a browser',
    status: page.status,
  })
}

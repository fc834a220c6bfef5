import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Browser } from '../../src/sandbox/browser.js'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js'
import { beginDevice, pollDevice } from './signed-in.js'

let sandbox: Sandbox
let browser: Browser
beforeAll(async () => {
  sandbox = await startSandbox({ alerts: 0, pollHoldMs: 0 })
})
afterAll(() => sandbox.close())
beforeEach(() => {
  browser = new Browser()
})
afterEach(() => browser.close())

const credentials = () => ({
  username: sandbox.user.username,
  password: sandbox.user.password,
  code: sandbox.user.currentCode(),
})

async function openLogin() {
  const device = await beginDevice(sandbox)
  const confirm = await browser.open(new URL(device.verification_uri_complete))
  return { device, confirm, login: await browser.submit(confirm, 'confirm', {}) }
}

/** The same address in a browser of its own, with no cookies. */
async function openElsewhere(url: URL) {
  const other = new Browser()
  try {
    return await other.open(url)
  } finally {
    await other.close()
  }
}

describe('the confirmation', () => {
  test('is shown by a GET of the complete address and confirms nothing by itself', async () => {
    const device = await beginDevice(sandbox)
    const page = await browser.open(new URL(device.verification_uri_complete))
    expect(page.name).toBe('confirm')
    expect(page.textOf('user-code')).toBe(device.user_code)
    expect(await pollDevice(sandbox, device.device_code)).toMatchObject({
      body: { error: 'authorization_pending' },
    })
  })

  test('warns of links that somebody else has sent', async () => {
    const device = await beginDevice(sandbox)
    const html = await (await fetch(device.verification_uri_complete)).text()
    expect(html).toContain('xdrlab notebook')
    expect(html).toContain('Continue only if you started this yourself')
  })

  test('asks for the code where the address has none, in any spelling', async () => {
    const device = await beginDevice(sandbox)
    const entry = await browser.open(new URL(device.verification_uri))
    expect(entry.name).toBe('enter-code')
    const spelled = device.user_code.toLowerCase().replace('-', ' ')
    const confirm = await browser.submit(entry, undefined, { user_code: spelled })
    expect([confirm.name, confirm.textOf('user-code')]).toEqual(['confirm', device.user_code])
  })

  test('says that a code is unknown and asks again', async () => {
    const page = await browser.open(new URL(`${sandbox.origin}/device?user_code=BBBB-BBBB`))
    expect([page.name, page.note]).toEqual(['enter-code', expect.stringContaining('not known')])
  })

  test('shows what was typed as text, never as markup', async () => {
    const wicked = '"><script>alert(1)</script>'
    const html = await (
      await fetch(`${sandbox.origin}/device?user_code=${encodeURIComponent(wicked)}`)
    ).text()
    expect(html).not.toContain('<script>alert')
    expect(html).toContain('&#60;script&#62;alert(1)')
  })

  test('refuses a form that another page has sent', async () => {
    const { confirm } = await openLogin()
    const { form } = confirm
    if (form === undefined) throw new Error('the page has no form')
    const forged = {
      ...form,
      fields: form.fields.map((f) => (f.name === 'xsrf' ? { ...f, value: 'guess' } : f)),
    }
    const page = await browser.submit({ ...confirm, form: forged }, 'confirm', {})
    expect([page.name, page.status]).toEqual(['problem', 400])
  })

  test('is over once the code was used', async () => {
    const { device } = await openLogin()
    const again = await openElsewhere(new URL(device.verification_uri_complete))
    expect([again.name, again.note]).toEqual(['enter-code', expect.stringContaining('used already')])
  })
})

describe('the sign-in', () => {
  test.each([
    ['password', { password: 'not it' }],
    ['one-time code', { code: '000000' }],
    ['username', { username: 'nobody@example.com' }],
  ])('says that a wrong %s is wrong, keeps the name and lets the person try again', async (_what, wrong) => {
    const { device, login } = await openLogin()
    expect(login.name).toBe('login')
    const given = { ...credentials(), ...wrong }
    const refused = await browser.submit(login, undefined, given)
    expect([refused.name, refused.status, refused.note]).toEqual([
      'login',
      401,
      expect.stringContaining('not right'),
    ])
    expect(refused.form?.fields.find(({ name }) => name === 'username')?.value).toBe(given.username)
    expect(refused.form?.fields.find(({ name }) => name === 'password')?.value).toBe('')

    const consent = await browser.submit(refused, undefined, credentials())
    expect(consent.name).toBe('consent')
    expect((await browser.submit(consent, undefined, {})).name).toBe('success')
    expect((await pollDevice(sandbox, device.device_code)).status).toBe(200)
  })

  test('shows the person and the code of this moment', async () => {
    const { login } = await openLogin()
    const codes = [sandbox.user.currentCode()]
    const shown = login.textOf('current-code')
    codes.push(sandbox.user.currentCode())
    expect(codes).toContain(shown)
    const response = await fetch(`${sandbox.origin}/sign-in-code`)
    expect(await response.text()).toMatch(/^\d{6}$/)
  })

  test('shows a username with markup in it as text', async () => {
    const { login } = await openLogin()
    const username = '<img src=x onerror=alert(1)>"\'&'
    const refused = await browser.submit(login, undefined, { ...credentials(), username })
    expect(refused.form?.fields.find(({ name }) => name === 'username')?.value).toBe(username)
    expect(refused.html).not.toContain('<img')
    expect(refused.html).toContain('&#60;img src=x onerror=alert(1)&#62;&#34;&#39;&#38;')
  })

  test('is not open to another browser that knows its address', async () => {
    const { login } = await openLogin()
    const stranger = await openElsewhere(login.url)
    expect([stranger.name, stranger.status]).toEqual(['problem', 400])
  })

  test('is not asked for again in a browser that has signed in', async () => {
    const first = await openLogin()
    const consent = await browser.submit(first.login, undefined, credentials())
    await browser.submit(consent, undefined, {})
    const second = await openLogin()
    expect(second.login.name).toBe('success')
    expect((await pollDevice(sandbox, second.device.device_code)).status).toBe(200)
  })
})

test('pages load nothing from elsewhere, are not cached and not framed', async () => {
  const device = await beginDevice(sandbox)
  const response = await fetch(device.verification_uri_complete)
  const policy = response.headers.get('content-security-policy')
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(await response.text()).not.toMatch(/(src|href)="/)
})

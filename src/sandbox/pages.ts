import { escapeHtml } from '../text.js'
import { codeRefreshScript, pageStyle } from './page-style.js'

/** What a page is, as `data-page` on its `<main>`: a driver can tell where it is without reading the words. */
export type PageName = 'enter-code' | 'confirm' | 'login' | 'consent' | 'success' | 'denied' | 'problem'

const shield =
  '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round" aria-hidden="true"><path d="M12 3l7 3v5.5c0 4.3-2.9 7.7-7 9.5-4.1-1.8-7-5.2-7-9.5V6z"/><path d="M9 12l2.2 2.2L15.2 10" stroke-linecap="round"/></svg>'
const tick =
  '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M5 12.5l4.5 4.5L19 7.5"/></svg>'
const cross =
  '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" aria-hidden="true"><path d="M7 7l10 10M17 7L7 17"/></svg>'

/** `body` is HTML whose variable parts are already escaped. */
function page(name: PageName, title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · xdrlab sandbox</title>
<style>${pageStyle}</style>
</head>
<body>
<p class="brand">${shield}<span><b>xdrlab</b> sandbox</span></p>
<main data-page="${name}">
${body}
</main>
<footer>A practice server on this computer. Its people, tenants and alerts are made up.</footer>
</body>
</html>
`
}

const alertNote = (text: string) => `<p class="note bad" role="alert">${escapeHtml(text)}</p>`

/** Asks for the user code where the address did not carry it. */
export function enterCodePage(view: {
  action: string
  xsrf: string
  userCode?: string
  problem?: string
}): string {
  return page(
    'enter-code',
    'Enter your code',
    `<h1>Enter the code from your notebook</h1>
<p class="soft">It is eight letters long, for example <b>BDFG-HJKL</b>.</p>
${view.problem === undefined ? '' : alertNote(view.problem)}
<form method="post" action="${escapeHtml(view.action)}">
<input type="hidden" name="xsrf" value="${escapeHtml(view.xsrf)}">
<div class="field">
<label for="user_code">Code</label>
<input class="otp" id="user_code" name="user_code" value="${escapeHtml(view.userCode ?? '')}" required autofocus autocomplete="off" autocapitalize="characters" spellcheck="false">
</div>
<div class="actions"><button type="submit">Continue</button></div>
</form>`,
  )
}

/** Shows the user code for comparison (RFC 8628, section 5.4) before anything else is asked. */
export function confirmPage(view: { action: string; xsrf: string; userCode: string; app: string }): string {
  const hidden = `<input type="hidden" name="xsrf" value="${escapeHtml(view.xsrf)}">
<input type="hidden" name="user_code" value="${escapeHtml(view.userCode)}">`
  return page(
    'confirm',
    'Confirm the code',
    `<h1>Is this the code in your notebook?</h1>
<p><b>${escapeHtml(view.app)}</b> wants to sign in as you. Compare with the code shown in your notebook:</p>
<output class="code" id="user-code">${escapeHtml(view.userCode)}</output>
<p class="soft">Continue only if you started this yourself and both codes are the same. If somebody sent you this link, cancel.</p>
<form method="post" action="${escapeHtml(view.action)}">
${hidden}
<div class="actions">
<button type="submit" name="confirm" value="yes">Confirm</button>
<button type="submit" name="abort" value="yes" class="quiet">Cancel</button>
</div>
</form>`,
  )
}

/** Username, password and one-time code, with the sandbox's own answers below. */
export function loginPage(view: {
  action: string
  app: string
  username: string
  problem?: string
  help: { username: string; password: string; code: string }
}): string {
  const focusPassword = view.username !== ''
  return page(
    'login',
    'Sign in',
    `<h1>Sign in</h1>
<p class="soft">to continue to ${escapeHtml(view.app)}</p>
${view.problem === undefined ? '' : alertNote(view.problem)}
<form method="post" action="${escapeHtml(view.action)}/login">
<div class="field">
<label for="username">Username</label>
<input id="username" name="username" value="${escapeHtml(view.username)}" required autocomplete="username" autocapitalize="none" spellcheck="false"${focusPassword ? '' : ' autofocus'}>
</div>
<div class="field">
<label for="password">Password</label>
<input id="password" name="password" type="password" required autocomplete="current-password"${focusPassword ? ' autofocus' : ''}>
</div>
<div class="field">
<label for="code">One-time code</label>
<input class="otp" id="code" name="code" required inputmode="numeric" autocomplete="one-time-code" maxlength="8">
</div>
<div class="actions">
<button type="submit">Sign in</button>
<button type="submit" formaction="${escapeHtml(view.action)}/cancel" formnovalidate class="quiet">Cancel</button>
</div>
</form>
<section class="help" aria-label="Sandbox help">
<h2>Sandbox help: sign in with this made-up person</h2>
<dl>
<dt>Username</dt><dd>${escapeHtml(view.help.username)}</dd>
<dt>Password</dt><dd>${escapeHtml(view.help.password)}</dd>
<dt>One-time code</dt><dd id="current-code">${escapeHtml(view.help.code)}</dd>
</dl>
<p class="soft" id="code-hint">The code changes every 30 seconds; reload this page for the current one.</p>
</section>
<script>${codeRefreshScript}</script>`,
  )
}

/** Asks whether the app may act for the person. */
export function consentPage(view: {
  action: string
  app: string
  username: string
  wants: readonly string[]
}): string {
  return page(
    'consent',
    'Allow access',
    `<h1>Allow ${escapeHtml(view.app)}?</h1>
<p>You are signed in as <b>${escapeHtml(view.username)}</b>. The app asks to:</p>
<ul>${view.wants.map((want) => `<li>${escapeHtml(want)}</li>`).join('')}</ul>
<form method="post" action="${escapeHtml(view.action)}/consent">
<div class="actions">
<button type="submit">Allow</button>
<button type="submit" formaction="${escapeHtml(view.action)}/cancel" class="quiet">Deny</button>
</div>
</form>`,
  )
}

export function successPage(view: { app: string }): string {
  return page(
    'success',
    'Signed in',
    `<div class="mark good">${tick}</div>
<h1>You are signed in</h1>
<p>${escapeHtml(view.app)} has what it needs. Go back to your notebook; you can close this page.</p>`,
  )
}

export function deniedPage(): string {
  return page(
    'denied',
    'Sign-in cancelled',
    `<div class="mark bad">${cross}</div>
<h1>Sign-in cancelled</h1>
<p>Nothing was granted, and your notebook has been told. You can close this page.</p>
<p class="soft">If you did not start this sign-in, you did the right thing.</p>`,
  )
}

/** What went wrong, for a person. */
export function problemPage(view: { title: string; text: string }): string {
  return page(
    'problem',
    view.title,
    `<div class="mark bad">${cross}</div>
<h1>${escapeHtml(view.title)}</h1>
<p>${escapeHtml(view.text)}</p>`,
  )
}

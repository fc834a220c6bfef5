import { stripVTControlCharacters } from 'node:util'
import qrTerminal from 'qrcode-terminal'
import { encode } from 'uqr'
import { linkColour, onlyHeard } from '../html-style.js'
import type { View } from '../screen/screen.js'
import { escapeHtml, plain } from '../text.js'
import type { DeviceCode } from './dialect.js'
import { longestAccount } from './session-text.js'

/** Read by programs that watch the messages (`xdrlab run --approve`); gone with the last update. */
export const signInMimeType = 'application/vnd.xdrlab.sign-in+json'

/** Marks a countdown, which no file needs to keep. */
export const countdownMimeType = 'application/vnd.xdrlab.countdown+json'

export interface PendingSignIn {
  /** Name of the platform for people. */
  title: string
  /** Host that the sign-in is for. */
  host: string
  /** The username typed; `undefined` where the browser asks for it. */
  account: string | undefined
  code: DeviceCode
  browserOpened: boolean
}

/** Host, account, address, code and QR: what stands still while the person is in the browser. */
export function pendingView(signIn: PendingSignIn): View {
  const { code } = signIn
  const account = signIn.account === undefined ? undefined : plain(signIn.account, longestAccount)
  const pending = { ...signIn, account }
  return {
    text: pendingText(pending, qrText(code.verificationUriComplete)),
    shortText: pendingText(pending, []),
    styles: [{ text: code.userCode, style: 'bold' }],
    html: pendingHtml(pending),
    data: {
      [signInMimeType]: {
        user_code: code.userCode,
        verification_uri: code.verificationUri,
        verification_uri_complete: code.verificationUriComplete,
      },
    },
  }
}

/** How long the code is good for. It is no live region: a screen reader says it when it is asked, not at every tick. */
export function countdownView(remainingMs: number): View {
  const text = `Waiting for the browser · the code expires in ${formatRemaining(remainingMs)}`
  return { text, html: `<div role="timer" aria-live="off">${text}</div>`, data: { [countdownMimeType]: {} } }
}

/** Both in one display, for a screen that draws only its last one anew. */
export function pendingWithCountdown(pending: View, remainingMs: number): View {
  const { text } = countdownView(remainingMs)
  return {
    ...pending,
    text: `${pending.text}\n${text}`,
    shortText: `${pending.shortText ?? pending.text}\n${text}`,
  }
}

/** What a countdown leaves behind. */
export const endedCountdownView: View = { text: '', html: '', data: { [countdownMimeType]: {} } }

/** The one line that a finished sign-in leaves in place of address, code and QR. */
export function endView(ok: boolean, line: string): View {
  const mark = ok ? '✓' : '✗'
  return {
    text: `${mark} ${line}`,
    styles: [{ text: mark, style: ok ? 'green' : 'red' }],
    html: `<div role="status" aria-live="polite"><span aria-hidden="true">${mark}</span> ${escapeHtml(line)}</div>`,
  }
}

const guard = 'Continue only if you started this sign-in yourself.'

function pendingText(pending: PendingSignIn, qr: readonly string[]): string {
  const { code } = pending
  const lines = [
    `Sign in to ${pending.title} (${pending.host})${pending.account === undefined ? '' : ` as ${pending.account}`}`,
    '',
    `  1. Open   ${code.verificationUriComplete}`,
    `  2. Check  that the browser shows the code  ${code.userCode}`,
    '  3. Confirm it there and log in with MFA or SSO.',
    '',
    ...qr,
    `${pending.browserOpened ? 'Your browser has been opened. ' : ''}${guard}`,
  ]
  return lines.join('\n')
}

function pendingHtml(pending: PendingSignIn): string {
  const { code, title, host } = pending
  const url = escapeHtml(code.verificationUriComplete)
  const account = pending.account === undefined ? '' : ` as <b>${escapeHtml(pending.account)}</b>`
  return `<div role="group" aria-label="Sign-in to ${escapeHtml(title)}" style="display:flex;flex-wrap:wrap;gap:20px;align-items:center;\
max-width:44em;padding:14px 18px;border:1px solid rgba(128,128,128,.6);border-radius:8px;line-height:1.5">\
<div style="flex:1 1 18em;min-width:0">\
<div role="status" aria-live="polite">Sign in to <b>${escapeHtml(title)}</b> (${escapeHtml(host)})${account}</div>\
<ol style="margin:8px 0;padding-left:1.4em">\
<li style="overflow-wrap:anywhere">Open <a href="${url}" target="_blank" rel="noopener noreferrer" \
style="color:${linkColour};text-decoration:underline">${unbroken(url, escapeHtml(code.userCode))}</a></li>\
<li>Check that the browser shows the code<br>${codeHtml(code.userCode)}</li>\
<li>Confirm it there and log in with MFA or SSO.</li></ol>\
<div>${pending.browserOpened ? 'Your browser has been opened. ' : ''}${guard}</div>\
</div>${qrSvg(code.verificationUriComplete)}</div>`
}

/** An address that may be broken anywhere but within the code, which is to be compared. */
function unbroken(url: string, userCode: string): string {
  const at = url.lastIndexOf(userCode)
  if (at < 0) return url
  return `${url.slice(0, at)}<span style="white-space:nowrap">${userCode}</span>${url.slice(at + userCode.length)}`
}

/**
 * The code to be seen, and letter by letter for those who hear it: as one word it would be read as a word. A name
 * (`aria-label`) is not for `code`, and screen readers pass over it there.
 */
function codeHtml(userCode: string): string {
  const spelled = [...userCode].map((letter) => (letter === '-' ? 'dash' : letter)).join(', ')
  return `<code aria-hidden="true" style="display:inline-block;white-space:nowrap;margin:4px 0;padding:2px 10px;font-size:22px;\
letter-spacing:.08em;font-family:var(--jp-code-font-family,var(--vscode-editor-font-family,monospace));\
background:rgba(128,128,128,.18);color:inherit;border-radius:4px">${escapeHtml(userCode)}</code>\
<span style="${onlyHeard}">${escapeHtml(spelled)}</span>`
}

/** Above this a QR is too fine to read from a screen. */
const longestQrText = 300

/**
 * Half-block characters, two modules a line, as qrcode-terminal draws them; no colours, so that notebooks can
 * keep it.
 */
function qrText(url: string): string[] {
  if (url.length > longestQrText) return []
  let drawn = ''
  qrTerminal.generate(url, { small: true }, (qr) => {
    drawn = stripVTControlCharacters(qr).trimEnd()
  })
  return [drawn, '']
}

function qrSvg(url: string): string {
  if (url.length > longestQrText) return ''
  const qr = encode(url, { border: 2 })
  const path = qr.data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return `<svg role="img" aria-label="QR code of the sign-in address" viewBox="0 0 ${qr.size} ${qr.size}" width="168" \
height="168" shape-rendering="crispEdges" style="flex:none;background:#fff;border-radius:4px"><path fill="#000" d="${path}"/></svg>`
}

/** `9 min 05 s`, `42 s`. */
function formatRemaining(remainingMs: number): string {
  const seconds = Math.max(0, Math.ceil(remainingMs / 1000))
  if (seconds < 60) return `${seconds} s`
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}

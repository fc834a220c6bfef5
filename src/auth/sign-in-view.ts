import { stripVTControlCharacters } from 'node:util'
import qrTerminal from 'qrcode-terminal'
import { encode } from 'uqr'
import type { View } from '../screen/screen.js'
import { escapeHtml, plain } from '../text.js'
import type { DeviceCode } from './dialect.js'
import { longestAccount } from './session-text.js'

/** Read by programs that watch the messages (`xdrlab run --approve`); gone with the last update. */
export const signInMimeType = 'application/vnd.xdrlab.sign-in+json'

export interface PendingSignIn {
  /** Name of the platform for people. */
  title: string
  /** Host that the sign-in is for. */
  host: string
  /** The username typed; `undefined` where the browser asks for it. */
  account: string | undefined
  code: DeviceCode
  remainingMs: number
  browserOpened: boolean
}

/** Host, account, address, code, QR and countdown, while the person is in the browser. */
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

/** The one line that a finished sign-in leaves in place of address, code and QR. */
export function endView(ok: boolean, line: string): View {
  const mark = ok ? '✓' : '✗'
  const colour = ok ? '--jp-success-color1, #2e7d32' : '--jp-error-color1, #c62828'
  return {
    text: `${mark} ${line}`,
    styles: [{ text: mark, style: ok ? 'green' : 'red' }],
    html: `<div role="status"><span style="color:var(${colour})" aria-hidden="true">${mark}</span> ${escapeHtml(line)}</div>`,
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
    `Waiting for the browser · the code expires in ${formatRemaining(pending.remainingMs)}`,
  ]
  return lines.join('\n')
}

function pendingHtml(pending: PendingSignIn): string {
  const { code } = pending
  const url = escapeHtml(code.verificationUriComplete)
  const spelled = escapeHtml([...code.userCode].join(' '))
  const account = pending.account === undefined ? '' : ` as <b>${escapeHtml(pending.account)}</b>`
  return `<div style="display:flex;flex-wrap:wrap;gap:20px;align-items:center;max-width:44em;padding:14px 18px;\
border:1px solid var(--jp-border-color1,#bdbdbd);border-radius:8px;font-family:var(--jp-ui-font-family,system-ui,sans-serif);\
font-size:14px;line-height:1.5;color:var(--jp-ui-font-color1,inherit)">\
<div style="flex:1 1 20em;min-width:0">\
<div>Sign in to <b>${escapeHtml(pending.title)}</b> (${escapeHtml(pending.host)})${account}</div>\
<ol style="margin:8px 0;padding-left:1.4em">\
<li style="overflow-wrap:anywhere">Open <a href="${url}" target="_blank" rel="noopener noreferrer" \
style="color:var(--jp-content-link-color,#1565c0)">${url}</a></li>\
<li>Check that the browser shows the code<br><code aria-label="${spelled}" style="display:inline-block;margin:4px 0;\
padding:2px 10px;font-size:22px;letter-spacing:.08em;font-family:var(--jp-code-font-family,monospace);\
background:var(--jp-layout-color2,#eee);color:var(--jp-ui-font-color0,#000);border-radius:4px">${escapeHtml(code.userCode)}</code></li>\
<li>Confirm it there and log in with MFA or SSO.</li></ol>\
<div style="color:var(--jp-ui-font-color2,#616161)">${pending.browserOpened ? 'Your browser has been opened. ' : ''}${guard}<br>\
Waiting for the browser · the code expires in <span role="timer" aria-live="off">${formatRemaining(pending.remainingMs)}</span></div>\
</div>${qrSvg(code.verificationUriComplete)}</div>`
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

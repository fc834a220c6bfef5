import { createHash } from 'node:crypto'

/** The one style sheet of the sandbox's pages: system fonts, nothing loaded, light and dark. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --ground: #eef1f6; --card: #ffffff; --line: #d5dbe6; --text: #131a29; --soft: #4c5870;
  --accent: #1f4fd8; --accent-text: #ffffff; --accent-soft: #e8eeff;
  --help: #f6f8fc; --bad: #a3171f; --bad-soft: #fdecec; --good: #0c6b3f; --good-soft: #e5f6ec;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0c111b; --card: #151c2a; --line: #2c374d; --text: #edf1f9; --soft: #a9b5cb;
    --accent: #8fb0ff; --accent-text: #0b1222; --accent-soft: #1c2944;
    --help: #111827; --bad: #ff9d9d; --bad-soft: #3a1a20; --good: #7fe0ae; --good-soft: #12301f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; display: flex; flex-direction: column; align-items: center; justify-content: center;
  padding: 1.5rem 1rem; background: var(--ground); color: var(--text);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
.brand { display: flex; align-items: center; gap: .6rem; margin: 0 0 1rem; color: var(--soft); font-size: .95rem; }
.brand svg { width: 1.6rem; height: 1.6rem; flex: none; color: var(--accent); }
.brand b { color: var(--text); font-weight: 650; }
main {
  width: 100%; max-width: 28rem; padding: 2rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 1rem; box-shadow: 0 .6rem 2.2rem rgb(15 23 42 / .09);
}
h1 { margin: 0 0 .6rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.01em; text-wrap: balance; }
p { margin: 0 0 1rem; }
.soft { color: var(--soft); }
.code {
  display: block; margin: 1.25rem 0; padding: 1rem .5rem; text-align: center; border-radius: .75rem;
  background: var(--accent-soft); border: 1px solid var(--line); overflow-wrap: anywhere;
  font: 700 2.3rem/1.2 ui-monospace, "SF Mono", Menlo, Consolas, monospace; letter-spacing: .1em;
}
label { display: block; margin: 0 0 .3rem; font-weight: 600; }
.field { margin: 0 0 1rem; }
input:not([type=hidden]) {
  width: 100%; padding: .65rem .8rem; font: inherit; color: var(--text); background: var(--card);
  border: 1px solid var(--soft); border-radius: .6rem;
}
input.otp { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; letter-spacing: .2em; }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem; }
button {
  flex: 1 1 8rem; min-height: 2.9rem; padding: .6rem 1rem; font: inherit; font-weight: 650; cursor: pointer;
  border-radius: .6rem; border: 1px solid var(--accent); background: var(--accent); color: var(--accent-text);
}
button.quiet { background: transparent; color: var(--text); border-color: var(--soft); }
button:hover { filter: brightness(1.08); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.note { padding: .75rem .9rem; border-radius: .6rem; margin: 0 0 1.25rem; }
.note.bad { background: var(--bad-soft); color: var(--bad); }
.note.good { background: var(--good-soft); color: var(--good); }
.help { margin-top: 1.75rem; padding: 1rem; border: 1px dashed var(--soft); border-radius: .75rem; background: var(--help); font-size: .92rem; }
.help h2 { margin: 0 0 .5rem; font-size: .95rem; }
.help p { margin: .6rem 0 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem .9rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
ul { margin: 0 0 1rem; padding-left: 1.2rem; }
li { margin: .25rem 0; }
.mark { width: 3rem; height: 3rem; display: grid; place-items: center; border-radius: 50%; margin: 0 0 1rem; }
.mark svg { width: 1.7rem; height: 1.7rem; }
.mark.good { background: var(--good-soft); color: var(--good); }
.mark.bad { background: var(--bad-soft); color: var(--bad); }
footer { margin-top: 1.1rem; max-width: 28rem; text-align: center; color: var(--soft); font-size: .85rem; }
@media (max-width: 24rem) { main { padding: 1.25rem; } .code { font-size: 1.7rem; } dl { grid-template-columns: 1fr; } }
`

/** Keeps the one-time code on the sign-in page current; without scripts the page says to reload. */
export const codeRefreshScript = `
const shown = document.getElementById('current-code');
const hint = document.getElementById('code-hint');
hint.textContent = 'The code changes every 30 seconds; this page keeps it current.';
setInterval(async () => {
  try {
    const answer = await fetch('/sign-in-code', { cache: 'no-store' });
    if (answer.ok) shown.textContent = await answer.text();
  } catch {
    hint.textContent = 'The sandbox does not answer any more.';
  }
}, 4000);
`

const sourceHash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Headers of every page: nothing is loaded from elsewhere, nothing frames it, nothing is cached. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `style-src ${sourceHash(pageStyle)}`,
    `script-src ${sourceHash(codeRefreshScript)}`,
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

const light = `--ink:#1f2328;--faint:#59636e;--ground:#fff;--raised:#f6f8fa;--line:#d1d9e0;--link:#0a58ca;--error:#b3261e;
--ansi0:#24292f;--ansi1:#b3261e;--ansi2:#116329;--ansi3:#7d4e00;--ansi4:#0a58ca;--ansi5:#8250df;--ansi6:#1b7c83;--ansi7:#6e7781;
--code-word:#8250df;--code-text:#0a3069;--code-note:#59636e;--code-number:#0550ae;color-scheme:light`
const dark = `--ink:#e6edf3;--faint:#9198a1;--ground:#0d1117;--raised:#161b22;--line:#3d444d;--link:#79b8ff;--error:#ff8f86;
--ansi0:#8b949e;--ansi1:#ff8f86;--ansi2:#57c26b;--ansi3:#e3b341;--ansi4:#79b8ff;--ansi5:#d2a8ff;--ansi6:#56d4dd;--ansi7:#e6edf3;
--code-word:#d2a8ff;--code-text:#a5d6ff;--code-note:#9198a1;--code-number:#79c0ff;color-scheme:dark`

/** The names by which outputs ask for the colours of the front end that shows them. */
const borrowed = `--jp-layout-color0:var(--ground);--jp-layout-color1:var(--ground);--jp-layout-color2:var(--raised);
--jp-border-color1:var(--line);--jp-ui-font-color0:var(--ink);--jp-ui-font-color1:var(--ink);--jp-ui-font-color2:var(--faint);
--jp-content-link-color:var(--link);--jp-error-color1:var(--error);--jp-success-color1:var(--ansi2);--jp-warn-color1:var(--ansi3);--jp-ui-font-family:inherit`

const ansi = Array.from({ length: 16 }, (_, index) => {
  const color = `var(--ansi${index % 8})`
  return `.ansi-${index}{color:${color}}.ansi-on-${index}{background-color:${color}}`
}).join('')

/** How a report looks, on a screen and on paper, in one text without any address in it. */
export function pageStyle({ title }: { title: string }): string {
  return `:root{${light};${borrowed}}
:root[data-theme=dark]{${dark}}
@media screen and (prefers-color-scheme:dark){:root[data-theme=auto]{${dark}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1em}
body{margin:0 auto;padding:2em 1.2em 4em;max-width:70em;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
a{color:var(--link)}
h1,h2,h3,h4,h5,h6{line-height:1.25;margin:1.6em 0 .6em}
h1{font-size:1.9em;margin-top:0}h2{font-size:1.4em;border-bottom:1px solid var(--line);padding-bottom:.25em}h3{font-size:1.15em}
h4,h5,h6{font-size:1em}
main .output :is(h1,h2,h3,h4,h5,h6){font-size:1.05em;border:0;margin:.6em 0;padding:0}
header{margin-bottom:1.6em}
header dl{display:grid;grid-template-columns:max-content 1fr;gap:.15em 1.2em;margin:0;color:var(--faint);font-size:.92em}
header dd{margin:0;white-space:pre-wrap;color:var(--ink)}
nav{border:1px solid var(--line);border-radius:8px;padding:.8em 1.2em;margin:0 0 2em;background:var(--raised)}
nav h2{font-size:1em;margin:0 0 .4em;border:0;padding:0}
nav ol{list-style:none;margin:0;padding:0}
nav a{text-decoration:none}nav a:hover{text-decoration:underline}
nav .level-2{padding-left:0}nav .level-3{padding-left:1.4em;font-size:.95em}
section{margin:1.1em 0}
.input{position:relative;margin:0 0 .5em}
pre{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;margin:0;overflow:auto;tab-size:2}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.88em}
pre code{font-size:inherit}
.input pre,.text pre{background:var(--raised);border:1px solid var(--line);border-radius:6px;padding:.7em .9em}
.text :not(pre)>code{background:var(--raised);border-radius:4px;padding:.1em .35em}
.output{overflow:auto;isolation:isolate;max-width:100%;padding:.2em 0}
.output pre{white-space:pre-wrap;overflow-wrap:anywhere}
.output pre:not(.stderr,.error){overflow-wrap:normal;white-space:pre}
.stderr,.error{border-left:3px solid var(--error);padding-left:.8em}
.code-word{color:var(--code-word)}.code-text{color:var(--code-text)}.code-note{color:var(--code-note);font-style:italic}.code-number{color:var(--code-number)}
${ansi}.ansi-ground{color:var(--ground)}.ansi-on-ink{background-color:var(--ink)}.ansi-on-ground{background-color:var(--ground)}.ansi-ink{color:var(--ink)}
img{max-width:100%;height:auto}
table{border-collapse:collapse;font-size:.9em}
.text table{display:block;overflow:auto;max-width:100%}
th,td{padding:.3em .6em;border-bottom:1px solid var(--line)}th:not([align]){text-align:left}
tbody tr:nth-child(even){background:color-mix(in srgb,var(--raised) 60%,transparent)}
thead th{border-bottom:2px solid var(--line)}
blockquote{margin:0;padding:.1em 1em;border-left:3px solid var(--line);color:var(--faint)}
hr{border:0;border-top:1px solid var(--line)}
details summary{cursor:pointer}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
@page{size:A4;margin:18mm 15mm;@top-left{content:${cssText(title)};font:9pt system-ui,sans-serif;color:#59636e}
@bottom-right{content:counter(page) " / " counter(pages);font:9pt system-ui,sans-serif;color:#59636e}}
@page wide{size:A4 landscape}
@media print{
:root,:root[data-theme=dark],:root[data-theme=auto]{${light}}
body{max-width:none;padding:0;font-size:10.5pt}
nav{break-inside:avoid;background:none}
h1,h2,h3,h4,h5,h6,.input{break-after:avoid}
p,li{orphans:3;widows:3}
.wide{page:wide}
.output,.output [style*=overflow],.text table{overflow:visible!important;max-height:none!important;max-width:100%!important}
pre,.output pre:not(.stderr,.error){white-space:pre-wrap;overflow-wrap:anywhere;font-size:8.5pt}
.input pre{break-inside:auto;-webkit-box-decoration-break:clone;box-decoration-break:clone}
.output table{width:100%;font-size:8pt}
.text table{display:table}
thead{display:table-header-group;position:static!important}
th,td{white-space:normal!important;overflow-wrap:anywhere;word-break:normal;padding:.25em .4em!important}
th,td{min-width:4.8em}
.wide table{font-size:7pt}
.vast th,.vast td{min-width:0}.vast table{font-size:5pt}
tr,img,figure,blockquote{break-inside:avoid}
img{max-height:240mm;object-fit:contain}
caption span{position:static!important;white-space:normal}
details:not([open])>summary::marker{content:""}
a{color:inherit;text-decoration:none}
.text a[href^=http]::after{content:" (" attr(href) ")";color:var(--faint);font-size:.85em;overflow-wrap:anywhere}
}
`
}

/** A text for a style sheet, which it can end by nothing that stands in it. */
function cssText(text: string): string {
  const escaped = text
    .slice(0, 120)
    .replace(/[^A-Za-z\d .,:–-]/gu, (letter) => `\\${letter.codePointAt(0)?.toString(16)} `)
  return `"${escaped}"`
}

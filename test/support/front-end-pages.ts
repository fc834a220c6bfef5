/** How a page in which outputs are shown looks, without what a front end itself is. */
interface Look {
  colorScheme: 'light' | 'dark'
  style: string
  bodyClass: string
}

/** The variables of VS Code's own themes that reach a notebook's outputs, and the rules of its webviews. */
const vscode = (colors: Record<string, string>) => `
  :root { ${Object.entries({
    'font-family': 'system-ui',
    'font-size': '13px',
    'editor-font-family': 'monospace',
    ...colors,
  })
    .map(([name, value]) => `--vscode-${name}: ${value};`)
    .join(' ')} }
  html { background: var(--vscode-editor-background) }
  body { background: transparent; color: var(--vscode-editor-foreground); font-family: var(--vscode-font-family);
    font-size: var(--vscode-font-size) }
  a, a code { color: var(--vscode-textLink-foreground) }
  code { font-family: monospace; color: var(--vscode-textPreformat-foreground);
    background-color: var(--vscode-textPreformat-background); padding: 1px 3px; border-radius: 4px }
  pre code { padding: 0 }
  table, thead, tr, th, td, tbody { border: none; border-spacing: 0; border-collapse: collapse }
  table, th, tr { vertical-align: middle; text-align: right }
  thead { font-weight: bold; background-color: rgba(130, 130, 130, 0.16) }
  th, td { padding: 4px 8px }
  tr:nth-child(even) { background-color: rgba(130, 130, 130, 0.08) }`

export const plainLook: Look = { colorScheme: 'light', bodyClass: '', style: '' }

/** Pages without a front end of their own that runs here: a plain page, as nbviewer's, and VS Code's. */
export const looks: Record<string, Look> = {
  'a plain page': plainLook,
  'a plain dark page': {
    colorScheme: 'dark',
    bodyClass: '',
    style: ':root { color-scheme: dark; background: Canvas }',
  },
  'VS Code, light': {
    colorScheme: 'light',
    bodyClass: 'vscode-light',
    style: vscode({
      'editor-foreground': '#3b3b3b',
      'editor-background': '#ffffff',
      'textLink-foreground': '#005fb8',
      'textPreformat-foreground': '#3b3b3b',
      'textPreformat-background': '#0000001f',
    }),
  },
  'VS Code, dark': {
    colorScheme: 'dark',
    bodyClass: 'vscode-dark',
    style: vscode({
      'editor-foreground': '#cccccc',
      'editor-background': '#1f1f1f',
      'textLink-foreground': '#4daafc',
      'textPreformat-foreground': '#d0d0d0',
      'textPreformat-background': '#3c3c3c',
    }),
  },
}

/** Outputs, one below the other, each in a section with its name. */
export function pageOf(outputs: Readonly<Record<string, string>>, { style, bodyClass }: Look): string {
  const sections = Object.entries(outputs).map(
    ([name, html]) => `<section id="${name}" style="margin:1.5em 0">${html}</section>`,
  )
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Outputs</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><style>${style}</style></head>
<body class="${bodyClass}"><main>${sections.join('\n')}</main></body></html>`
}

import { existsSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { XdrError } from '../errors.js'
import { readNotebook, writeNotebook } from '../notebook/notebook-file.js'
import { type Parameter, parametersOf } from '../notebook/parameter-cell.js'
import { type SetValue, valueText } from '../notebook/parameter-code.js'
import { copyOfTemplate } from '../notebook/templates/copy.js'
import { findTemplate, withoutNumber } from '../notebook/templates/find-template.js'
import { type ReferredFile, referredFiles } from '../notebook/templates/referred-files.js'
import type { Template } from '../notebook/templates/template.js'
import { currentScreen } from '../screen/screen.js'
import { plain } from '../text.js'
import { interruptSignal } from './interrupt.js'
import { checkShared } from './new-check.js'
import { planFilesBeside, refuseNewFiles, writeFiles } from './new-files.js'
import { askForTemplate, askParameters } from './new-questions.js'
import { checkGiven } from './new-values.js'
import type { ParameterOptions } from './run-parameter-options.js'
import { allTemplates, changeSources, listTemplatesTo } from './template-list.js'

export interface NewCommandOptions extends ParameterOptions {
  list?: boolean
  yes?: boolean
  force?: boolean
  add?: string
  remove?: string
  update?: boolean
  json?: boolean
}

/** `xdrlab new [template] [file]` */
export async function newNotebook(
  wanted: string | undefined,
  file: string | undefined,
  options: NewCommandOptions,
): Promise<void> {
  const signal = interruptSignal()
  const isChanged = await changeSources(options, signal)
  const templates = allTemplates()
  if (options.list === true || (wanted === undefined && isChanged)) return listTemplatesTo(templates, options)
  const screen = await currentScreen()
  const asks = screen.kind === 'terminal' && options.yes !== true && options.json !== true
  if (wanted === undefined) {
    listTemplatesTo(templates, options)
    if (!asks) return
  }
  const template =
    wanted === undefined ? await askForTemplate(templates, screen, signal) : findTemplate(templates, wanted)
  const notebook = readNotebook(template.path)
  const target = targetOf(template, file)
  refuseOverwriting(target, options)
  const clean = copyOfTemplate(notebook, [])
  const referred = referredFiles(clean, dirname(template.path))
  const warnings = checkShared(clean, referred.files, template)
  const missing = planFilesBeside(target, referred.files, options)
  const parameters = parametersOf(clean, template.name) ?? []
  const given = await checkGiven(parameters, options, template.name)
  const asked = asks ? await askParameters(parameters, given, screen, signal) : []
  const values = [...given, ...asked]
  // The questions may have taken long.
  refuseOverwriting(target, options)
  refuseNewFiles(missing, options)
  await writeFiles(missing)
  await writeNotebook(target, copyOfTemplate(notebook, values), {
    what: 'the new notebook',
    elsewhere: 'name another place after the template',
  })
  for (const warning of [...warnings, ...referred.refused.map(describeRefused)])
    process.stderr.write(`${warning}\n`)
  if (options.json === true)
    process.stdout.write(
      `${JSON.stringify({ file: target, template: template.name, path: template.path, files: referred.files.map(({ name }) => name) })}\n`,
    )
  else tell(target, { template, values, parameters, files: referred.files })
}

/** A folder takes the template's name; what has no ending gets one. */
function targetOf({ name }: Template, file: string | undefined): string {
  const own = `${withoutNumber(name)}.ipynb`
  if (file === undefined) return resolve(own)
  const path = resolve(file)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return join(path, own)
  return path.endsWith('.ipynb') ? path : `${path}.ipynb`
}

function refuseOverwriting(target: string, { force = false }: NewCommandOptions): void {
  if (force || !existsSync(target)) return
  throw new XdrError('XDR_FILE', `${target} is there already`, {
    hint: 'give another name, or write over it with --force',
  })
}

function describeRefused({ name, why }: { name: string; why: string }): string {
  return `! ${plain(name, 120)} is not copied: ${why}`
}

function tell(
  target: string,
  {
    template,
    values,
    parameters,
    files,
  }: {
    template: Template
    values: readonly SetValue[]
    parameters: readonly Parameter[]
    files: readonly ReferredFile[]
  },
): void {
  const shown = relative('', target).startsWith('..') ? target : relative('', target)
  const set = values.map(({ declared, value }) => `${declared.name} = ${plain(valueText(value), 80)}`)
  const missing = parameters.filter(
    ({ name, isNeeded }) => isNeeded && !values.some(({ declared }) => declared.name === name),
  )
  const lines = [
    `${plain(shown)} is made from ${plain(template.name, 80)}${set.length === 0 ? '' : ` (${set.join(', ')})`}`,
    ...(files.length === 0
      ? []
      : [`  with what it refers to: ${files.map(({ name }) => plain(name, 120)).join(', ')}`]),
    ...missing.map(
      ({ name }) =>
        `! ${plain(name, 60)} has no value yet: set it in the notebook, or with -p ${plain(name, 60)}=…`,
    ),
    `  xdrlab run ${quoted(shown)}${' '.repeat(2)}runs it; --sandbox: on made data`,
    '  or open it in JupyterLab or VS Code, with the kernel “TypeScript (xdrlab)” (xdrlab install)',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : JSON.stringify(plain(path))
}

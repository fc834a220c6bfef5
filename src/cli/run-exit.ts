import type { XdrError, XdrErrorCode } from '../errors.js'
import type { RunStatus, RunSummary } from '../notebook/run-report.js'

/** Exit codes of `xdrlab run`; 124 is that of `timeout`, 130 what a shell makes of Ctrl-C. */
const exitCodes: Record<RunStatus | 'bad-input' | 'unsaved', number> = {
  ok: 0,
  error: 1,
  'bad-input': 2,
  died: 3,
  unsaved: 5,
  timeout: 124,
  interrupted: 130,
}

/** For `--help`. */
export const exitCodeHelp = `
Exit codes:
    0  every cell ran           1  a cell (with --tenants: a tenant) failed     2  asked for wrongly, or no notebook
    3  the kernel died          5  the executed notebook cannot be saved        124  out of time      130  interrupted`

/** How a run ended, for a scheduler. What is not saved counts where there is nothing else. */
export function exitCodeOf({ status, unsaved }: Pick<RunSummary, 'status' | 'unsaved'>): number {
  return exitCodes[status === 'ok' && unsaved !== undefined ? 'unsaved' : status]
}

/** The same of what kept a run from beginning. */
export function exitCodeOfError({ code }: XdrError): number {
  return exitCodes[kinds[code] ?? 'error']
}

const kinds: Partial<Record<XdrErrorCode, keyof typeof exitCodes>> = {
  XDR_ABORTED: 'interrupted',
  XDR_BAD_OPTION: 'bad-input',
  XDR_FILE: 'unsaved',
  XDR_KERNEL: 'died',
  XDR_NOTEBOOK: 'bad-input',
  XDR_UNKNOWN_REGION: 'bad-input',
}

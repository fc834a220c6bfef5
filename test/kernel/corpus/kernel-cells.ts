import type { KernelSession } from '../../support/kernel-session.js'
import type { Case } from './corpus-case.js'

/** The cells one by one, until one fails: what is behind a failure does not run in a script either. */
export async function runInKernel(kernel: KernelSession, { cells }: Case): Promise<string> {
  let record = ''
  for (const cell of cells) {
    const { outputs, error } = await kernel.run(cell)
    for (const { type, content } of outputs) {
      if (type === 'stream')
        record += content.name === 'stderr' ? content.text.replace(/^(?=.)/gm, '! ') : content.text
      if (type === 'execute_result') record += `⇒ ${content.data['text/plain']}\n`
    }
    if (error === undefined) continue
    // Each engine has its own words for these.
    if (error.ename === 'SyntaxError') return `${record}✗ SyntaxError\n`
    return `${record}✗ ${error.ename === 'Uncaught' ? '' : `${error.ename}: `}${error.evalue}\n`
  }
  return record
}

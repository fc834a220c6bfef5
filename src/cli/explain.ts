import { explainSignIn, type SignInOrder } from '../client/explain.js'
import { connectOptionsOf, providerOf, type WhereOptions } from './provider-option.js'

/** `xdrlab whoami --explain`: exit code 1 where no step would sign in. */
export async function explain(options: WhereOptions & { json?: boolean }): Promise<void> {
  const order = await explainSignIn(providerOf(options), connectOptionsOf(options))
  if (order.problem !== undefined || !order.steps.some((step) => step.used)) process.exitCode = 1
  process.stdout.write(options.json ? `${JSON.stringify(order)}\n` : `${describeOrder(order).join('\n')}\n`)
}

function describeOrder(order: SignInOrder): string[] {
  const { title, region, origin, steps, problem, source } = order
  const place = region === 'custom' || region === 'default' ? '' : ` ${region}`
  const width = Math.max(...steps.map(({ step }) => step.length))
  const lines = [`${title}${place} (${new URL(origin).host}): the first of these that is found is used`]
  steps.forEach(({ step, found, used, detail }, index) => {
    const mark = used ? '→' : found ? '✓' : '·'
    lines.push(`  ${mark} ${index + 1}. ${step.padEnd(width)}  ${detail}`)
  })
  if (problem !== undefined) lines.push(`  ✗ ${problem}`)
  else if (!steps.some(({ used }) => used)) lines.push('  ✗ nothing is found: nobody can sign in here')
  return source === undefined ? lines : [...lines, '', ...describeOrder(source)]
}

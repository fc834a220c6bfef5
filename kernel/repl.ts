import { type Runtime, Session } from 'node:inspector'
import { promiseHooks } from 'node:v8'
import { isRecord } from '../src/record.js'
import { hostName } from './lift.js'

/**
 * Longer than any script runs before its first wait, milliseconds. What counts is that V8, given any limit, takes back
 * a stop that is still on its way when the script's own code is over; it would meet V8's own then, and abort the
 * process.
 */
const farOffMs = 2 ** 31 - 1

/** Not in the types: V8 still calls them experimental. */
interface ReplMode {
  replMode: true
  timeout: number
}

/** How a script began. */
export type Start =
  /** It runs on, or has ended already; {@link lastValue} tells what with. */
  | { kind: 'running'; end: Promise<unknown> }
  /** V8 would not compile it, or not declare what it declares. */
  | { kind: 'refused'; thrown: unknown; details: Runtime.ExceptionDetails }
  /** It was stopped before its first wait. */
  | { kind: 'stopped' }

/**
 * Runs a script in V8's REPL mode, up to its first wait: in the shared scope, redeclarable, with top-level `await`.
 *
 * V8's inspector could await the script's promise by itself, but aborts the process where a stop meets it while it
 * describes an error, and where the promise is collected before it is settled. So the session ends with this call,
 * what the inspector has left in the promise does nothing then, and the promise is awaited here.
 */
export function startScript(expression: string): Start {
  const session = takeSession()
  try {
    const { promise, error, details } = evaluate(session, expression)
    if (details !== undefined) return { kind: 'refused', thrown: take(session, details.exception), details }
    return promise === undefined || error !== null ? { kind: 'stopped' } : { kind: 'running', end: promise }
  } finally {
    disconnect(session)
  }
}

let prepared: Session | undefined

/** Makes ready what the next script needs, while nobody waits. */
export function prepareScript(): void {
  prepared ??= connected()
}

function takeSession(): Session {
  const session = prepared ?? connected()
  prepared = undefined
  return session
}

function connected(): Session {
  const session = new Session()
  session.connect()
  return session
}

/** Node tells each question that is still open of the end, by an error whose stack nobody reads. */
function disconnect(session: Session): void {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  session.disconnect()
  Error.stackTraceLimit = stackTraceLimit
}

/** The value of a script's last statement, of what its promise was settled with: V8 packs it, lest it be awaited. */
export function lastValue(settled: unknown): unknown {
  return isRecord(settled) ? settled['.repl_result'] : undefined
}

interface Evaluated {
  promise: Promise<unknown> | undefined
  error: Error | null
  details: Runtime.ExceptionDetails | undefined
}

function evaluate(session: Session, expression: string): Evaluated {
  const evaluated: Evaluated = { promise: undefined, error: null, details: undefined }
  // The first one made is the script's own, before any code of it runs.
  const unhook = promiseHooks.onInit((made) => {
    evaluated.promise ??= made
    unhook()
  })
  const params: Runtime.EvaluateParameterType & ReplMode = { expression, replMode: true, timeout: farOffMs }
  session.post('Runtime.evaluate', params, (error, answer) => {
    evaluated.error = error
    evaluated.details = answer?.exceptionDetails
  })
  unhook()
  return evaluated
}

/** The value behind a remote object: handed to a function of ours, since the protocol itself carries only ids. */
function take(session: Session, remote: Runtime.RemoteObject | undefined): unknown {
  if (remote?.objectId === undefined) return remote?.value
  let taken: unknown
  const name = `${hostName}take`
  const put = (value: unknown) => {
    taken = value
  }
  Object.defineProperty(globalThis, name, { value: put, configurable: true })
  session.post('Runtime.callFunctionOn', {
    objectId: remote.objectId,
    functionDeclaration: `function () { ${name}(this) }`,
    silent: true,
  })
  Reflect.deleteProperty(globalThis, name)
  return taken
}

import { type Runtime, Session } from 'node:inspector'

/** No look at the world takes longer, milliseconds: a getter may never return. */
const longestLookMs = 250
/** Of each type that is no object, a value: all of them have the same names. */
const samples: Record<string, unknown> = { string: '', number: 0, boolean: false, bigint: 0n }
/** Where V8 finds what takes an object, as long as it is handed over. */
const takerName = '__xdrlab__take'
const objectGroup = 'xdrlab-look'

/** A value of the cells, known by V8's name for it. */
export interface LiveValue {
  type: string
  subtype: string | undefined
  className: string | undefined
  /** Given for objects and functions. */
  objectId: string | undefined
  /** Given for what JSON can hold. */
  value: unknown
  /** How V8 describes it in a line. */
  description: string
}

/** Not in the types: V8 still calls it experimental. */
interface SideEffectFree {
  throwOnSideEffect: true
}

/**
 * The JavaScript world that the cells have made, looked at from outside: V8 evaluates here only what has no side
 * effects, and stops at the first step that would have one. Getters that only compute are read, others are not.
 */
export class LiveWorld implements Disposable {
  readonly #session = new Session()

  constructor() {
    this.#session.connect()
  }

  /** `let`, `const` and `class` of all cells so far. */
  names(): string[] {
    let names: string[] = []
    this.#session.post('Runtime.globalLexicalScopeNames', {}, (error, answer) => {
      if (error === null) names = answer.names
    })
    return names
  }

  /** What an expression is now; `undefined` where it cannot be known without side effects. */
  look(expression: string): LiveValue | undefined {
    let value: LiveValue | undefined
    const params: Runtime.EvaluateParameterType & SideEffectFree & { timeout: number } = {
      expression: `(${expression}\n)`,
      throwOnSideEffect: true,
      silent: true,
      objectGroup,
      timeout: longestLookMs,
    }
    this.#session.post('Runtime.evaluate', params, (error, answer) => {
      if (error !== null || answer.exceptionDetails !== undefined) return
      const { type, subtype, className, objectId, description = '' } = answer.result
      value = {
        type,
        subtype,
        className,
        objectId,
        value: answer.result.value,
        description: description || String(answer.result.value),
      }
    })
    return value
  }

  /** The object itself that an expression is now; of a text or a number, what has its names. */
  take(expression: string): object | undefined {
    const value = this.look(expression)
    if (value === undefined) return undefined
    if (value.objectId !== undefined) return this.#handOver(value.objectId)
    return Object.hasOwn(samples, value.type) ? Object(samples[value.type]) : undefined
  }

  /** Nothing of the cells runs: V8 calls our own function with the object. */
  #handOver(objectId: string): object | undefined {
    let taken: object | undefined
    const take = (object: object) => {
      taken = object
    }
    Object.defineProperty(globalThis, takerName, { value: take, configurable: true })
    try {
      const functionDeclaration = `function () { ${takerName}(this) }`
      this.#session.post('Runtime.callFunctionOn', { objectId, functionDeclaration, silent: true })
    } finally {
      Reflect.deleteProperty(globalThis, takerName)
    }
    return taken
  }

  /** What `body` gives as JSON for an object, again without side effects (a proxy's traps may have some). */
  ask(objectId: string, body: string, ...args: (string | number | boolean)[]): unknown {
    let answered: unknown
    const params: Runtime.CallFunctionOnParameterType & SideEffectFree = {
      objectId,
      functionDeclaration: body,
      arguments: args.map((value) => ({ value })),
      throwOnSideEffect: true,
      silent: true,
      returnByValue: true,
    }
    this.#session.post('Runtime.callFunctionOn', params, (error, answer) => {
      if (error === null && answer.exceptionDetails === undefined) answered = answer.result.value
    })
    return answered
  }

  /** Lets go of what was looked at, or it would never be collected. */
  [Symbol.dispose](): void {
    this.#session.post('Runtime.releaseObjectGroup', { objectGroup })
    this.#session.disconnect()
  }
}

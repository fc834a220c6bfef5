import { type Runtime, Session } from 'node:inspector'

/** No look at the world takes longer, milliseconds: a getter may never return. */
const longestLookMs = 250
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

/**
 * What lowered code calls: oxc writes `using` and decorators for engines without them as calls to a global of this
 * name. Node 20 has neither.
 */
export const loweringName = 'babelHelpers'

interface Disposable {
  value: unknown
  dispose: unknown
  isAwaited: boolean
}

const nothing = Symbol('nothing thrown')

/** One block with `using` in it: `u` and `a` take what is to be disposed, `e` is what the block threw. */
class UsingContext {
  e: unknown = nothing
  readonly #resources: Disposable[] = []

  u<T>(value: T): T {
    if (value !== null && value !== undefined) {
      this.#resources.push({ value, dispose: disposerOf(value, [Symbol.dispose]), isAwaited: false })
    }
    return value
  }

  a<T>(value: T): T {
    const isNothing = value === null || value === undefined
    const dispose = isNothing ? () => {} : disposerOf(value, [Symbol.asyncDispose, Symbol.dispose])
    this.#resources.push({ value, dispose, isAwaited: true })
    return value
  }

  /** Disposes in reverse order; returns a promise as soon as one must be awaited. */
  d(): unknown {
    let error = this.e
    const fail = (next: unknown) => {
      error = error === nothing ? next : suppressedError(next, error)
    }
    const disposeRest = (): unknown => {
      for (let next = this.#resources.pop(); next !== undefined; next = this.#resources.pop()) {
        const { value, dispose, isAwaited } = next
        try {
          const result: unknown = typeof dispose === 'function' ? dispose.call(value) : undefined
          if (isAwaited) return Promise.resolve(result).catch(fail).then(disposeRest)
        } catch (thrown) {
          fail(thrown)
        }
      }
      if (error !== nothing) throw error
      return undefined
    }
    return disposeRest()
  }
}

function disposerOf(value: unknown, symbols: readonly symbol[]): unknown {
  if (Object(value) !== value)
    throw new TypeError('using declarations take objects, functions, null or undefined')
  for (const symbol of symbols) {
    const dispose: unknown = Reflect.get(Object(value), symbol)
    if (typeof dispose === 'function') return dispose
    if (dispose !== undefined && dispose !== null) break
  }
  throw new TypeError(`the value has no [${symbols.map((symbol) => symbol.description).join('] or [')}]()`)
}

function suppressedError(error: unknown, suppressed: unknown): unknown {
  const Suppressed: unknown = Reflect.get(globalThis, 'SuppressedError')
  const message = 'An error was suppressed during disposal'
  if (typeof Suppressed === 'function') return Reflect.construct(Suppressed, [error, suppressed, message])
  const made = new Error(message)
  made.name = 'SuppressedError'
  return Object.defineProperties(made, {
    error: { value: error, enumerable: true },
    suppressed: { value: suppressed, enumerable: true },
  })
}

type Decorator = (target: unknown, key?: PropertyKey, descriptor?: unknown) => unknown

/** TypeScript's `experimentalDecorators`: a class with two arguments, a member with four. */
function decorate(decorators: Decorator[], target: object, ...member: [] | [PropertyKey, unknown]): unknown {
  if (member.length === 0) {
    return decorators.reduceRight<unknown>((made, decorator) => decorator(made) ?? made, target)
  }
  const [key, given] = member
  const own = given === null ? Object.getOwnPropertyDescriptor(target, key) : given
  const made = decorators.reduceRight((latest, decorator) => decorator(target, key, latest) ?? latest, own)
  if (typeof made === 'object' && made !== null) Object.defineProperty(target, key, made)
  return made
}

/** What lowered code finds under {@link loweringName}. */
export const loweringHelpers = Object.freeze({
  usingCtx: () => new UsingContext(),
  decorate,
  decorateParam:
    (index: number, decorator: (target: unknown, key: unknown, index: number) => void) =>
    (target: unknown, key: unknown) =>
      decorator(target, key, index),
})

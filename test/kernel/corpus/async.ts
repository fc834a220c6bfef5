import type { Corpus } from './corpus-case.js'

/** Waiting, in every form. */
export const async: Corpus = {
  'await alone': 'await Promise.resolve(1)',
  'await of what is no promise': '[await 1, await null]',
  'await in a declaration': ['const aA = await Promise.resolve([1])', 'aA'],
  'await in a pattern': 'const { aB, ...aC } = await Promise.resolve({ aB: 1, x: 2 }); [aB, aC]',
  'await in a condition': 'if (await Promise.resolve(true)) console.log("yes")',
  'await in a block': 'let aD; { aD = await Promise.resolve(6) } aD',
  'await in a template and a call': '`§{await Promise.resolve("a")}§{String(await 2)}`',
  'await in a class and a default':
    'class aE { static v = 1 } const aF = (n = 2) => n; (await Promise.resolve(aE)).v + aF(await 5)',
  'for await over promises': 'let aG = 0; for await (const n of [1, Promise.resolve(2)]) aG += n; aG',
  'for await over a generator':
    'async function* three() { yield 1; await null; yield 2; yield 3 } const aH = []; for await (const n of three()) aH.push(n); aH',
  'for await with a label':
    'outer1: for await (const a of [1, 2]) { for await (const b of [1, 2]) { if (b === 2) continue outer1; console.log(a, b) } }',
  'for await of a stream':
    'import { Readable } from "node:stream"\nlet aI = ""; for await (const chunk of Readable.from(["a", "b"])) aI += chunk; aI',
  'an async generator left early':
    'async function* tidy() { try { yield 1; yield 2 } finally { console.log("closed") } } for await (const n of tidy()) { console.log(n); break }',
  'an async function called at once': 'await (async () => { await null; return 5 })()',
  'a promise as the last value': 'Promise.resolve(7)',
  'a promise of a promise': 'Promise.resolve(Promise.resolve(8))',
  'a thenable as the last value': ['({ then(done) { done(9) } }).then.length'],
  'a promise that is kept is shown when it is asked for': [
    'const aJ = new Promise((done) => setTimeout(done, 5, "late"))',
    'aJ',
  ],
  'a rejection': 'await Promise.reject(new RangeError("no"))',
  'a rejection as the last value': 'Promise.reject(new RangeError("no"))',
  'a rejection caught': 'try { await Promise.reject(new Error("x")) } catch (e) { console.log(e.message) }',
  'a rejection of no error': 'await Promise.reject("plain")',
  'all, allSettled, race and any':
    '[await Promise.all([1, Promise.resolve(2)]), (await Promise.allSettled([Promise.reject(1)]))[0].status, await Promise.race([1, 2]), await Promise.any([Promise.reject(0), 3])]',
  'any of none': 'await Promise.any([Promise.reject(1)])',
  'order of microtasks':
    'const aK = []; queueMicrotask(() => aK.push("micro")); Promise.resolve().then(() => aK.push("then")); aK.push("sync"); await null; await null; aK',
  'order of timers':
    'const aL = []; await new Promise((done) => { setTimeout(() => aL.push("timeout"), 0); process.nextTick(() => aL.push("tick")); setTimeout(done, 20) }); aL',
  'promised timers': 'import { setTimeout as wait } from "node:timers/promises"\nawait wait(5, "waited")',
  events:
    'import { EventEmitter, once } from "node:events"\nconst bell = new EventEmitter(); setTimeout(() => bell.emit("ring", 1), 5); await once(bell, "ring")',
  aborting:
    'const stop = new AbortController(); setTimeout(() => stop.abort(new Error("stopped")), 5); await new Promise((_, fail) => stop.signal.addEventListener("abort", () => fail(stop.signal.reason)))',
  AsyncLocalStorage:
    'import { AsyncLocalStorage } from "node:async_hooks"\nconst store = new AsyncLocalStorage(); await store.run("in", async () => { await null; return store.getStore() })',
  'await in parameters of arrows':
    'await [1, 2].reduce(async (sum, n) => (await sum) + n, Promise.resolve(0))',
  'async methods':
    'const aM = { async f() { return await this.g() }, async g() { return "g" } }; await aM.f()',
  'async iteration by hand':
    'const aN = { async *[Symbol.asyncIterator]() { yield "x" } }; const aO = []; for await (const v of aN) aO.push(v); aO',
  'a function that awaits, over cells': [
    'async function slow(n) { await null; return n * 2 }',
    'const aP = slow(2)',
    'await aP + await slow(3)',
  ],
  'a lock of promises':
    'let turn = Promise.resolve(); const aQ = []; const inTurn = (n) => (turn = turn.then(() => aQ.push(n))); inTurn(1); inTurn(2); await turn; aQ',
  'await using':
    'const aR = { async [Symbol.asyncDispose]() { await null; console.log("closed") } }\n{ await using r = aR; console.log("open") }\nconsole.log("after")',
  'await is no name': 'const await = 1',
  'yield is no name': 'const yield = 1',
}

import type { Corpus } from './corpus-case.js'

/** Functions of all kinds. */
export const functions: Corpus = {
  'called above its declaration': 'fA(2)\nfunction fA(n) { return n * 2 }\nfA(3)',
  recursion: 'function fB(n) { return n < 2 ? 1 : n * fB(n - 1) }\nfB(10)',
  'mutual recursion':
    'function even(n) { return n === 0 || odd(n - 1) }\nfunction odd(n) { return n !== 0 && even(n - 1) }\neven(10)',
  'called by a later cell': ['function fC() { return "c" }', 'fC()'],
  'its name and length': 'function fD(a, b = 1, ...c) {} [fD.name, fD.length]',
  'its text': {
    cells: ['function fE() { return 1 }\nfE.toString()'],
    kernel: "⇒ 'function () {\\n\\treturn 1;\\n}'\n",
    node: "⇒ 'function fE() { return 1; }'\n",
    because:
      'a function becomes a value of its name, so that a later cell can declare it anew; types are gone',
  },
  'assigned anew': 'function fF() { return 1 } fF = () => 2; fF()',
  'declared twice in one cell': 'function fG() {} function fG() {}',
  'declared anew by a later cell': {
    cells: ['function fH() { return 1 } const callH = () => fH()', 'function fH() { return 2 }', 'callH()'],
    kernel: '⇒ 2\n',
    node: '✗ SyntaxError\n',
    because: 'a cell is edited and run again',
  },
  'defaults and rest': 'const fI = (a, b = a + 1, ...rest) => [a, b, rest]; fI(1, undefined, 3, 4)',
  'parameters by pattern': '(({ a, b: [c = 5] = [] } = {}) => [a, c])({ a: 1 })',
  'arrows and this': 'const oA = { n: 1, f() { return (() => this.n)() } }; oA.f()',
  'this without an object': '(function () { return this })() === undefined',
  'call, apply and bind':
    'function who() { return this.n } [who.call({ n: 1 }), who.apply({ n: 2 }), who.bind({ n: 3 })()]',
  arguments: '(function () { return [...arguments].length })(1, 2, 3)',
  'new.target':
    'function Made() { return new.target === Made ? "new" : "called" } [Made(), typeof new Made()]',
  prototypes:
    'function Old(n) { this.n = n } Old.prototype.get = function () { return this.n }\nnew Old(4).get()',
  'a closure counts': 'const counter = ((n) => () => ++n)(10); counter(); counter()',
  generators:
    'function* gA() { const x = yield 1; yield x * 2; return 3 } const itA = gA(); [itA.next(), itA.next(5), itA.next()].map((r) => `§{r.value} §{r.done}`)',
  'yield*': 'function* gB() { yield* [1, 2]; yield* "ab" } [...gB()]',
  'a generator is returned early':
    'function* gC() { try { yield 1; yield 2 } finally { console.log("tidy") } } for (const n of gC()) { console.log(n); break }',
  'an infinite generator':
    'function* gD() { let n = 0; while (true) yield n++ } const [d0, d1, d2] = gD(); [d0, d1, d2]',
  'a generator over cells': [
    'function* gE() { yield 1; yield 2 } const itE = gE()',
    'itE.next().value',
    'itE.next().value',
    'itE.next().done',
  ],
  'throwing into a generator':
    'function* gF() { try { yield 1 } catch (e) { yield "caught " + e } } const itF = gF(); itF.next(); itF.throw("x").value',
  'methods that generate':
    'const itG = { *[Symbol.iterator]() { yield 1; yield 2 } }; [...itG, Math.max(...itG)]',
  currying: 'const add = (a) => (b) => (c) => a + b + c; add(1)(2)(3)',
  memoising:
    'const memo = new Map(); const fib = (n) => memo.get(n) ?? (memo.set(n, n < 2 ? n : fib(n - 1) + fib(n - 2)), memo.get(n)); fib(80)',
  'a named expression':
    'const fJ = function inner(n) { return n ? inner(n - 1) : inner.name }; [fJ(2), typeof inner]',
  'called at once': '(() => { const hidden = 1; return hidden + 1 })()',
  'a getter that is a function':
    'const lazy = { get value() { Object.defineProperty(this, "value", { value: 7 }); return 7 } }; [lazy.value, lazy.value]',
  'too deep': '(function deep() { return deep() })()',
  'new Function and indirect eval': '[new Function("a", "return a + 1")(1), (0, eval)("1 + 2")]',
  'direct eval keeps its names': 'eval("var evalled = 1; evalled"); typeof evalled',
  'a tagged function with state': [
    'const calls = []; const log1 = (x) => { calls.push(x); return x }',
    'log1(1) + log1(2)',
    'calls',
  ],
  pipes: '[(x) => x + 1, (x) => x * 2].reduce((v, f) => f(v), 5)',
}

import type { Corpus } from './corpus-case.js'

/** Values and operators. */
export const expressions: Corpus = {
  numbers: '[0.1 + 0.2, 1e21, -0, 0x1f, 0b101, 0o17, 1_000_000, NaN, -Infinity]',
  bigints: '[2n ** 64n, -5n / 2n, BigInt("123"), 5n > 4, typeof 1n]',
  'mixing bigint and number': '1n + 1',
  strings: "['a\\nb', 'say \\\"x\\\"', `t§{1 + 1}`, '\\u{1F600}', 'ä'.normalize('NFD').length]",
  'a raw template': 'String.raw`a\\n§{1}`',
  'a tagged template':
    'const tag = (parts, ...values) => parts.raw.join("|") + values.join(); tag`x§{1}y§{2}z`',
  'a template over lines': '`one\n  two`',
  'nested templates': '`a§{`b§{`c`}`}`',
  'template with a cell in it': '`import x from "y"; export const z = §{1}`',
  'regular expressions':
    '["a1b22".match(/\\d+/g), /(?<y>\\d{4})/.exec("in 2024").groups.y, "x".replace(/(x)/, "$1$1")]',
  'sticky and unicode expressions':
    '[/\\u{61}/u.test("a"), /\\p{L}/u.test("ß"), /a.b/s.test("a\\nb"), /(?<=\\$)\\d/.exec("$5")[0]]',
  'a division that looks like one': 'const eA = 8, g = 2; eA /2/ g',
  'optional chaining': 'const eB = { a: { f() { return 1 } } }; [eB?.a?.f?.(), eB.x?.y.z, eB.a.g?.()]',
  'nullish coalescing': '[null ?? 1, 0 ?? 1, undefined ?? "x", (false || null) ?? 2]',
  'logical assignment': 'let eC = null, eD = 1, eE = 0; eC ??= 5; eD &&= 6; eE ||= 7; [eC, eD, eE]',
  exponent: '[2 ** 3 ** 2, (-2) ** 2]',
  'comma and void': '[(1, 2), void 0]',
  'typeof of all':
    '[typeof 1, typeof "", typeof true, typeof undefined, typeof null, typeof {}, typeof (() => 1), typeof Symbol()]',
  'in and instanceof': '["a" in { a: 1 }, [] instanceof Array, Symbol.iterator in []]',
  spread: '[...[1, 2], ...new Set([3]), ..."ab", Math.max(...[4, 5])]',
  'object spread': '({ a: 1, ...{ a: 2, b: 3 }, ...null, c: 4 })',
  'getters and setters':
    'const eF = { n: 1, get twice() { return this.n * 2 }, set twice(v) { this.n = v / 2 } }; eF.twice = 10; [eF.n, eF.twice]',
  'computed and shorthand members': 'const k = "x", y = 2; ({ [k + 1]: 1, y, m() { return 3 } }).m()',
  'a symbol as key': 'const s = Symbol("s"); const o = { [s]: 1 }; [o[s], s.description, o]',
  '__proto__ in a literal': 'Object.getPrototypeOf({ __proto__: null }) === null',
  'arrays with holes': '[1, , 3]',
  'array methods':
    '[[3, 1, 2].toSorted(), [1, 2, 3].at(-1), [1, [2, [3]]].flat(Infinity), [1, 2, 3].findLast((n) => n < 3), [1, 2].with(0, 9)]',
  'sorting by a key': '["bb", "a", "ccc"].sort((a, b) => a.length - b.length)',
  'reduce and entries': 'Object.fromEntries(Object.entries({ a: 1, b: 2 }).map(([k, v]) => [v, k]))',
  'grouping by hand':
    '[1, 2, 3].reduce((sum, n) => ({ ...sum, [n % 2 ? "odd" : "even"]: [...(sum[n % 2 ? "odd" : "even"] ?? []), n] }), {})',
  'maps and sets': '[new Map([["a", { b: 1 }]]), new Set([1, "1"]), new Map().size]',
  'weak collections': 'const w = new WeakMap(); const key1 = {}; w.set(key1, 1); [w.get(key1), w.has({})]',
  dates: '[new Date(0), new Date("2024-02-29T00:00:00Z").getTime(), new Date(NaN).getTime()]',
  'typed arrays': '[new Uint8Array([1, 256]), new Float64Array(2), new Uint8Array([1, 2]).buffer.byteLength]',
  buffers: '[Buffer.from("ä").toString("hex"), Buffer.concat([Buffer.from([1]), Buffer.from([2])])]',
  json: '[JSON.stringify({ a: [1, null, undefined], b: undefined }), JSON.parse("[1,{}]"), JSON.stringify({ d: new Date(0) })]',
  proxies: 'new Proxy({}, { get: (_t, name) => `got §{String(name)}` }).anything',
  reflection: '[Reflect.ownKeys({ b: 1, a: 2, 1: 3 }), Reflect.has({ x: 1 }, "x")]',
  intl: '[new Intl.NumberFormat("en-US").format(1234567.891), "ß".toLocaleUpperCase("de-DE")]',
  'structured clone':
    'const c1 = structuredClone({ d: new Date(0), m: new Map([[1, 2]]) }); [c1.d.getTime(), c1.m.get(1)]',
  urls: 'const u = new URL("https://a.example/p?q=1#h"); [u.host, u.searchParams.get("q"), u.hash]',
  'a conditional chain': '[1, 2, 3].map((n) => n === 1 ? "one" : n === 2 ? "two" : "many")',
  bits: '[5 & 3, 5 | 3, 5 ^ 3, ~5, 1 << 31, -1 >>> 28]',
  'string methods':
    '["a-b".replaceAll("-", "+"), " x ".trim(), "5".padStart(3, "0"), "abc".at(-1), "a,b".split(","), "😀".codePointAt(0)]',
  'labels and blocks are no values': 'x1: { break x1 }',
  'assignment is a value': 'let eG; eG = 5',
  'a compound assignment is a value': 'let eH = 1; eH += 4',
  'a postfix is the old value': 'let eI = 1; eI++',
  'html comments': '1 <! --2',
  'a semicolon in a string': '"a;"',
  'deep objects': '({ a: { b: { c: { d: { e: { f: 1 } } } } } })',
  'long arrays': 'Array.from({ length: 150 }, (_, i) => i)',
  'a cycle': 'const ring = { n: 1 }; ring.self = ring; ring',
  'class instances': 'class Point { x = 1; #y = 2; get y() { return this.#y } } new Point()',
  'null prototypes': 'Object.create(null)',
  'boxed values': '[new String("s"), new Number(1), Object(1n)]',
  symbols: '[Symbol("a"), Symbol.for("b"), Symbol.iterator]',
}

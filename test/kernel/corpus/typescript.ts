import type { Corpus } from './corpus-case.js'

/** What TypeScript adds. */
export const typescript: Corpus = {
  annotations:
    'const tA: number = 1; let tB: string | undefined; function tC(a: number, b?: string): void {} tC(tA); [tA, tB]',
  'interfaces and types':
    'interface Row { id: string }\ntype Rows = Row[]\nconst rows: Rows = []; rows.length',
  'only types': 'interface OnlyType { a: 1 }\ntype T1 = keyof OnlyType',
  'as, satisfies and !':
    'const tD = { a: 1 } satisfies Record<string, number>; (tD as any).a + tD!.a! + (<number>tD.a)',
  'as const': 'const tE = ["a", "b"] as const; type E1 = (typeof tE)[number]; tE',
  generics:
    'function first<T>(list: readonly T[]): T | undefined { return list[0] } const idOf = <T,>(x: T): T => x; [first<number>([1]), idOf("a")]',
  'constrained generics':
    'const pick = <T extends object, K extends keyof T>(o: T, k: K): T[K] => o[k]; pick({ a: 5 }, "a")',
  overloads:
    'function over(a: string): string\nfunction over(a: number): number\nfunction over(a: any) { return a }\n[over("s"), over(1)]',
  enums:
    'enum Level1 { Low = 1, High, Top = "top" } [Level1.Low, Level1[2], Level1.Top, Object.keys(Level1).length]',
  'enums that compute':
    'enum Flag { A = 1 << 0, B = 1 << 1, Both = A | B, Len = "abc".length } [Flag.Both, Flag.Len]',
  'enums in two parts': 'enum Part { A } enum Part { B = 5 } [Part.A, Part.B, Part[5]]',
  'enums over cells': ['enum Far { X = 3 }', 'Far.X', 'Far[3]'],
  'enums declared anew': {
    cells: ['enum Anew { A }', 'enum Anew { B = 7 }\nObject.keys(Anew)'],
    kernel: "⇒ [ '7', 'B' ]\n",
    node: "⇒ [ '0', '7', 'A', 'B' ]\n",
    because: 'an edited cell replaces its enum; in one cell, as in one script, its parts add up',
  },
  'const enums': 'const enum Speed { Slow = 1, Fast = 10 } [Speed.Slow, Speed.Fast]',
  'const enums over cells': ['const enum Size { S = 1, L = 2 }', 'Size.L'],
  'declared enums and the rest of declare':
    'declare const nowhere1: number\ndeclare function nowhere2(): void\ndeclare module "x" {}\ndeclare global { interface Y {} }\n1',
  namespaces:
    'namespace Tools { export const one = 1; const hidden = 2; export function sum() { return one + hidden } } [Tools.one, Tools.sum(), Object.keys(Tools)]',
  'namespaces in namespaces':
    'namespace Outer { export namespace Inner { export const deep = 1 } } Outer.Inner.deep',
  'namespaces with dots': 'namespace A1.B1 { export const c = 3 } A1.B1.c',
  'namespaces in two parts': 'namespace Two { export const a = 1 } namespace Two { export const b = 2 } Two',
  'namespaces merged with functions and classes':
    'function Fn() { return 1 } namespace Fn { export const extra = 2 } class Cl {} namespace Cl { export const more = 3 } [Fn.extra, Cl.more]',
  'namespaces of types': 'namespace Only { export interface X { a: 1 } } typeof Only',
  aliases: 'namespace Long { export const name1 = 4 } import Short = Long.name1; Short',
  'import by require': 'import path = require("node:path"); path.posix.join("a", "b")',
  'parameter properties':
    'class Pair { constructor(readonly left: number, private right = 2, public more?: string) {} sum() { return this.left + this.right } } const pair1 = new Pair(1); [pair1.sum(), Object.keys(pair1)]',
  modifiers:
    'class Mod { public a = 1; protected b = 2; private c = 3; readonly d = 4; static readonly e = 5; declare f: string; g!: number; override toString() { return "mod" } } [Object.keys(new Mod()), String(new Mod())]',
  'abstract classes':
    'abstract class Shape { abstract area(): number; twice() { return this.area() * 2 } } class Square extends Shape { constructor(private a: number) { super() } area() { return this.a ** 2 } } new Square(3).twice()',
  'implements and index signatures':
    'interface Has { [key: string]: number } class Impl implements Iterable<number> { [Symbol.iterator]() { return [1][Symbol.iterator]() } } const has: Has = { a: 1 }; [[...new Impl()], has.a]',
  'this parameters and predicates':
    'function isText(this: void, x: unknown): x is string { return typeof x === "string" } function sure(x: unknown): asserts x {} sure(1); isText("a")',
  'tuples, unions and templates of types':
    'type Route = `/§{string}`; const route: Route = "/a"; const pair2: [a: number, b?: string] = [1]; [route, pair2]',
  'conditional and mapped types':
    'type Opt<T> = { [K in keyof T]?: T[K] extends infer U ? U : never }; const opt: Opt<{ a: 1 }> = {}; opt',
  'unique symbols and accessors':
    'const sym: unique symbol = Symbol("u"); class Acc { get v(): number { return 1 } set v(n: number) {} } [sym.description, new Acc().v]',
  'optional chaining with !': 'const maybe: { a?: { b: number } } = { a: { b: 2 } }; maybe.a!.b',
  'definite assignment': 'let def!: number; def = 3; def',
  'class decorators':
    'const seen: string[] = []; const mark = (c: any) => { seen.push(c.name); c.marked = true }; @mark class Marked {} [seen, (Marked as any).marked]',
  'a class decorator that replaces':
    'const swap = (c: any): any => class extends c { swapped = 1 }; @swap class Orig {} Object.keys(new Orig())',
  'method decorators':
    'const twice1 = (_t: any, _k: string, d: PropertyDescriptor) => { const f = d.value; d.value = function (...a: any[]) { return f.apply(this, a) * 2 } }; class Dec { @twice1 run(n: number) { return n + 1 } } new Dec().run(4)',
  'accessor, field and parameter decorators':
    'const order: string[] = []; const note = (what: string) => (_t: any, k?: any, d?: any) => { order.push(`§{what} §{String(k)} §{typeof d}`) }; class Noted { @note("field") a = 1; @note("get") get b() { return 1 } m(@note("param") x: number) {} @note("static") static s() {} } order',
  'order of decorators':
    'const log2: string[] = []; const d = (n: string) => { log2.push("make " + n); return () => { log2.push("use " + n) } }; @d("a") @d("b") class Ordered {} log2',
  using:
    'const res = (n: string) => ({ [Symbol.dispose]() { console.log("dispose", n) } })\n{ using a = res("a"); using b = res("b"); console.log("body") }',
  'using at top level':
    'const res2 = (n: string) => ({ n, [Symbol.dispose]() { console.log("dispose", n) } })\nusing tF = res2("x")\nconsole.log("body", tF.n)',
  'using null': '{ using a = null; using b = undefined; console.log("fine") }',
  'using what cannot be disposed': 'try { using a = {} as any } catch (e) { console.log((e as Error).name) }',
  'using when the body throws':
    'const res3 = { [Symbol.dispose]() { console.log("gone") } }\ntry { using a = res3; throw new Error("body") } catch (e) { console.log((e as Error).message) }',
  'using when both throw':
    'const res4 = { [Symbol.dispose]() { throw new Error("dispose") } }\ntry { using a = res4; throw new Error("body") } catch (e: any) { console.log(e.name, e.error.message, e.suppressed.message) }',
  'using in a loop and a function':
    'const res5 = (n: number) => ({ n, [Symbol.dispose]() { console.log("end", n) } })\nfor (using r of [res5(1), res5(2)]) console.log(r.n)\n;(() => { using r = res5(3); return r.n })()',
  'names declared beside using': [
    'const res6 = { [Symbol.dispose]() {} }\nusing tG = res6; const tH = 1; function tI() { return tH } class tJ {}',
    '[tH, tI(), tJ.name]',
  ],
  'import type and export type':
    'import type { Stats } from "node:fs"\nimport { type Dirent, readFileSync } from "node:fs"\nexport type { Stats }\ntypeof readFileSync',
  exports: [
    'export const tK = 1\nexport function tL() { return 2 }\nexport class tM {}\nexport { tK as other }\nexport type X2 = 1\nexport enum tN { A = 4 }',
    '[tK, tL(), tM.name, tN.A]',
  ],
  'a type error runs all the same': 'const wrong: number = "text" as any as number; wrong',
  'comparison that looks like generics':
    'const f2 = 1, lt = 2, gt = 3; [f2 < lt, lt > gt, f2 < lt && lt > (gt)]',
  JSX: ['const view = <b>text</b>'],
}

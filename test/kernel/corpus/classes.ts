import type { Corpus } from './corpus-case.js'

/** Classes. */
export const classes: Corpus = {
  'fields and methods': 'class kA { a = 1; b = this.a + 1; sum() { return this.a + this.b } } new kA().sum()',
  'private members':
    'class kB { #n = 1; static #made = 0; constructor() { kB.#made++ } #inc() { return ++this.#n } inc() { return this.#inc() } static get made() { return kB.#made } } [new kB().inc(), kB.made]',
  'private names are checked by in':
    'class kC { #x; static is(o) { return #x in o } } [kC.is(new kC()), kC.is({})]',
  'static blocks': 'class kD { static list = []; static { this.list.push("made"); var inner = 1 } } kD.list',
  'static fields see each other': 'class kE { static a = 1; static b = this.a + 1 } kE.b',
  inheritance:
    'class Animal { constructor(n) { this.n = n } say() { return this.n } } class Dog extends Animal { say() { return super.say() + "!" } } new Dog("rex").say()',
  'inheritance over cells': [
    'class Base1 { who() { return "base" } }',
    'class Sub1 extends Base1 { who() { return "sub of " + super.who() } }',
    'new Sub1().who()',
  ],
  'extending a builtin':
    'class Stack1 extends Array { top() { return this.at(-1) } } const st = Stack1.from([1, 2]); [st.top(), st.length, st instanceof Stack1]',
  'extending null and functions': 'class kF extends (function () { this.a = 1 }) {} new kF().a',
  accessors:
    'class kG { #v = 1; get v() { return this.#v } set v(n) { this.#v = n * 2 } } const g1 = new kG(); g1.v = 4; g1.v',
  'auto accessors': 'class kH { accessor v = 3 } const h1 = new kH(); h1.v++; [h1.v, Object.keys(h1)]',
  'computed members':
    'const m1 = "run"; class kI { [m1 + "It"]() { return 1 } static ["s" + 1] = 2 } [new kI().runIt(), kI.s1]',
  'toString and toPrimitive':
    'class kJ { [Symbol.toPrimitive](hint) { return hint === "number" ? 5 : "five" } } [+new kJ(), `§{new kJ()}`]',
  'a tag': 'class kK { get [Symbol.toStringTag]() { return "Tagged" } } String(new kK())',
  iterables:
    'class Range1 { constructor(n) { this.n = n } *[Symbol.iterator]() { for (let i = 0; i < this.n; i++) yield i } } [...new Range1(3)]',
  'instanceof by hand':
    'class Even1 { static [Symbol.hasInstance](n) { return n % 2 === 0 } } [2 instanceof Even1, 3 instanceof Even1]',
  'a class expression': 'const kL = class Inner { static who = Inner.name }; [kL.name, kL.who, typeof Inner]',
  'an anonymous class': 'const kM = class {}; [kM.name, new (class { x = 1 })().x]',
  'called without new': 'class kN {} kN()',
  'its own name cannot be assigned within': 'class kO { static f() { kO = 1 } } kO.f()',
  'and can be outside': 'class kP {} kP = 5; kP',
  'new.target in an abstract base':
    'class kQ { constructor() { if (new.target === kQ) throw new TypeError("abstract") } } class kR extends kQ {} [new kR() instanceof kQ]; new kQ()',
  'this before super': 'class kS extends Object { constructor() { this.a = 1 } } new kS()',
  mixins:
    'const canFly = (B) => class extends B { fly() { return "up" } }; class Bird extends canFly(Object) {} new Bird().fly()',
  'species and subclasses':
    'class kT extends Promise {} [kT.resolve(1) instanceof kT, kT.resolve(1).then(() => 1) instanceof kT]',
  'a method taken off': 'class kU { m() { return this } } const { m } = new kU(); m() === undefined',
  'bound by an arrow field': 'class kV { n = 4; f = () => this.n } const { f: f1 } = new kV(); f1()',
  json: 'class kW { constructor() { this.a = 1 } toJSON() { return { seen: this.a } } } JSON.stringify([new kW()])',
  'inspected by its own':
    'class kX { [Symbol.for("nodejs.util.inspect.custom")]() { return "<kX>" } } [new kX()]',
  'declared anew': {
    cells: [
      'class kY { a = 1 } const old = new kY()',
      'class kY { a = 2 }',
      '[old.a, new kY().a, old instanceof kY]',
    ],
    kernel: '⇒ [ 1, 2, false ]\n',
    node: '✗ SyntaxError\n',
    because: 'a cell is edited and run again',
  },
}

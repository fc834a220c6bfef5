import type { Corpus } from './corpus-case.js'

/** Statements. */
export const control: Corpus = {
  'if and else': 'let sA = ""; if (0) sA = "if"; else if ("") sA = "else if"; else sA = "else"; sA',
  'for with everything left out': 'let sB = 0; for (;;) { if (++sB > 3) break } sB',
  continue: 'const sC = []; for (let i = 0; i < 5; i++) { if (i % 2) continue; sC.push(i) } sC',
  labels:
    'const sD = []; outer: for (const a of [1, 2, 3]) { for (const b of [1, 2]) { if (b === 2) continue outer; if (a === 3) break outer; sD.push([a, b]) } } sD',
  'a labelled block': 'let sE = 0; block: { sE = 1; if (sE) break block; sE = 2 } sE',
  'while and do': 'let sF = 0; while (sF < 3) sF++; do { sF += 10 } while (sF < 20); sF',
  'switch with fallthrough':
    'const sG = (n) => { const got = []; switch (n) { case 1: got.push("one"); case 2: got.push("two"); break; default: got.push("many") } return got }; [sG(1), sG(2), sG(3)]',
  'switch on true':
    'const n1 = 7; let sH; switch (true) { case n1 > 5: sH = "big"; break; default: sH = "small" } sH',
  'for…in': 'const sI = []; for (const k in { b: 1, a: 2, 1: 3 }) sI.push(k); sI',
  'for…of over a map': 'for (const [k, v] of new Map([["a", 1], ["b", 2]])) console.log(k, v)',
  'for…of over entries': 'for (const [i, ch] of [..."ab"].entries()) console.log(i, ch)',
  'for…of over a string of emoji': '[..."a😀b"].length',
  'try, catch and finally':
    'const sJ = []; try { sJ.push(1); throw new Error("x") } catch ({ message }) { sJ.push(message) } finally { sJ.push(3) } sJ',
  'finally overrides': '(() => { try { return 1 } finally { return 2 } })()',
  'catch without a name': 'let sK; try { nowhere } catch { sK = "caught" } sK',
  'nested try': 'const sL = []; try { try { throw 1 } finally { sL.push("f") } } catch (e) { sL.push(e) } sL',
  'throwing in catch': 'try { throw 1 } catch (e) { throw new Error("again", { cause: e }) }',
  'empty statements': ';;;',
  'blocks and scopes': 'let sM = 1; { let sM = 2; { let sM = 3; console.log(sM) } console.log(sM) } sM',
  'a block alone is not an object': '{ let inner1 = 5; console.log(inner1) }',
  'no semicolons': 'let sN = 1\nlet sO = sN\n+ 2\nsO',
  'a line that begins with a bracket': 'const sP = 5\n;[1, 2].map((n) => n + sP)',
  'a line that begins with a template': 'const sQ = (x) => String(x)\nsQ\n`a`',
  'return values of statements': 'for (const x of [1, 2]) x',
  'an if is no value': 'if (true) 5',
  'the comma in a loop': 'for (let i = 0, j = 10; i < j; i += 3, j -= 3) console.log(i, j)',
  'a loop that deletes as it goes':
    'const sR = new Set([1, 2, 3]); for (const x of sR) { sR.delete(x); if (x < 3) sR.add(x + 10) } [...sR].length > 0',
  debugger: 'debugger; 1',
  '"use strict" at its head': '"use strict"; (function () { return this })() === undefined',
  'a directive alone': '"use strict"',
  'comments everywhere': '/* a */ let /* b */ sS /* c */ = /* d */ 1 // e\n/* f */ sS /* g */ // h',
  'only comments': '// nothing\n/* at all */',
  'an empty cell': '',
  'blank lines': '\n\n  \n',
  CRLF: 'let sT = 1\r\nsT += 1\r\nsT',
  'a byte order mark': '\ufefflet sU = "marked"\nsU',
  'tabs and odd blanks': '\tlet\u00a0sV\u2003=\u30001\n\tsV',
  'a very long cell': `let sum1 = 0\n${Array.from({ length: 3000 }, (_, i) => `sum1 += ${i}`).join('\n')}\nsum1`,
  'a very long line': `[${Array.from({ length: 5000 }, (_, i) => i % 7).join()}].length`,
  'deep nesting': `${'('.repeat(200)}1${')'.repeat(200)}`,
  'a shebang': '#!/usr/bin/env node\n5',
}

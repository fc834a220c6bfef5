// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the code of cells

/** Expressions that write the secret `s` in some way, as text. */
export const writings: Record<string, string> = {
  'as it is': 's',
  'in JSON': 'JSON.stringify({ token: s })',
  'in JSON in JSON': 'JSON.stringify({ body: JSON.stringify({ token: s }) })',
  'in JSON in JSON in JSON': 'JSON.stringify({ body: JSON.stringify({ body: JSON.stringify([s]) }) })',
  'as an inspected string': 'util.inspect(s)',
  'as an inspected object': 'util.inspect({ deep: { deeper: [new Map([[s, { s }]])] } }, { depth: 9 })',
  'in a header': '"Authorization: Bearer " + s',
  'in a query': 'new URLSearchParams({ token: s }).toString()',
  'as a URL component': '"https://host.example/?t=" + encodeURIComponent(s)',
  'percent-encoded letter by letter':
    '[...Buffer.from(s)].map((b) => "%" + b.toString(16).padStart(2, "0")).join("")',
  'percent-encoded in capitals':
    '[...Buffer.from(s)].map((b) => "%" + b.toString(16).padStart(2, "0").toUpperCase()).join("")',
  'in HTML': '`<b>${s.replace(/[&<>"\']/g, (c) => `&#${c.charCodeAt(0)};`)}</b>`',
  'in HTML by names':
    '`<b>${s.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(\'"\', "&quot;")}</b>`',
  'in HTML letter by letter': '[...s].map((c) => `&#${c.codePointAt(0)};`).join("")',
  'in HTML letter by letter, hex': '[...s].map((c) => `&#x${c.codePointAt(0).toString(16)};`).join("")',
  'in SVG': '`<svg xmlns="http://www.w3.org/2000/svg"><text>${s}</text></svg>`',
  base64: 'Buffer.from(s).toString("base64")',
  'base64, one byte in front': 'Buffer.from(":" + s + ";").toString("base64")',
  'base64, two bytes in front': 'Buffer.from("me:" + s).toString("base64")',
  'base64, in lines of 76': 'Buffer.from("x" + s).toString("base64").replace(/.{76}/g, "$&\\n")',
  'base64 of JSON': 'Buffer.from(JSON.stringify({ user: "me", token: s })).toString("base64")',
  'base64 for URLs': 'Buffer.from(s).toString("base64url")',
  'base64 for URLs, one byte in front': 'Buffer.from("x" + s).toString("base64url")',
  'base64 of UTF-16': 'Buffer.from(s, "utf16le").toString("base64")',
  'by btoa': 'btoa(unescape(encodeURIComponent(s)))',
  'in a data URL': '"data:text/plain;base64," + Buffer.from(s).toString("base64")',
  hex: 'Buffer.from(s).toString("hex")',
  'hex in capitals': 'Buffer.from(s).toString("hex").toUpperCase()',
  'hex of UTF-16': 'Buffer.from(s, "utf16le").toString("hex")',
  'hex in pairs': 'Buffer.from(s).toString("hex").replace(/../g, "$& ")',
  'hex in pairs with colons': 'Buffer.from(s).toString("hex").replace(/..(?=.)/g, "$&:")',
  'hex in C': '[...Buffer.from(s)].map((b) => "0x" + b.toString(16).padStart(2, "0")).join(", ")',
  'escaped bytes': '[...Buffer.from(s)].map((b) => "\\\\x" + b.toString(16).padStart(2, "0")).join("")',
  'escaped letters': '[...s].map((c) => "\\\\u" + c.charCodeAt(0).toString(16).padStart(4, "0")).join("")',
  decimal: '[...Buffer.from(s)].join(", ")',
  'decimal in JSON': 'JSON.stringify(Buffer.from(s))',
  'decimal in JSON, indented': 'JSON.stringify([...Buffer.from(s)], null, 2)',
  'a typed array in JSON': 'JSON.stringify(new Uint8Array(Buffer.from(s)))',
  'an inspected buffer': 'util.inspect(Buffer.from(s))',
  'an inspected buffer of UTF-16': 'util.inspect(Buffer.from(s, "utf16le"))',
  'an inspected typed array': 'util.inspect(new Uint8Array(Buffer.from(s)))',
  'an inspected list of bytes': 'util.inspect([...Buffer.from(s)])',
  'an inspected list of letters': 'util.inspect([...s])',
  'letters added up': '[...s].map((c) => JSON.stringify(c)).join(" + ")',
  'letters in JSON, indented': 'JSON.stringify({ a: { b: [...s] } }, null, 4)',
  'letters in JSON in JSON': 'JSON.stringify({ body: JSON.stringify([...s]) })',
  'escaped letters with braces': '[...s].map((c) => "\\\\u{" + c.codePointAt(0).toString(16) + "}").join("")',
  'code points':
    '[...s].map((c) => "U+" + c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")).join(" ")',
  'octal escapes': '[...Buffer.from(s)].map((b) => "\\\\" + b.toString(8).padStart(3, "0")).join("")',
  binary: '[...Buffer.from(s)].map((b) => b.toString(2).padStart(8, "0")).join(" ")',
  bigints: 'util.inspect([...Buffer.from(s)].map(BigInt), { maxArrayLength: null })',
  'words of 16 bits': 'util.inspect(new Uint16Array(even(s).buffer), { maxArrayLength: null })',
  'words of 32 bits': 'util.inspect(new Uint32Array(even(s).buffer), { maxArrayLength: null })',
  'words of 16 bits in hex':
    '[...new Uint16Array(even(s).buffer)].map((n) => n.toString(16).padStart(4, "0")).join(" ")',
  'words of 32 bits in hex':
    '[...new Uint32Array(even(s).buffer)].map((n) => n.toString(16).padStart(8, "0")).join(" ")',
  'hex in groups of four': 'Buffer.from(s).toString("hex").replace(/.{4}/g, "$& ")',
  'hex in groups of eight': 'Buffer.from(s).toString("hex").replace(/.{8}/g, "$& ")',
  'a hex dump': 'dump(s)',
  'letters in JSON': 'JSON.stringify([...s])',
  reversed: '[...s].reverse().join("")',
  'a reversed buffer': 'util.inspect(Buffer.from(s).reverse())',
  'a reversed buffer as text': 'Buffer.from(s).reverse().toString()',
  'UTF-16 taken for Latin-1': 'Buffer.from(s, "utf16le").toString("latin1")',
  'in a template of a shell': "`curl -H 'Authorization: Bearer ${s}' https://host.example`",
  'in a path': '"/tmp/" + s + "/file.json"',
  'in a URL with a password': '"https://me:" + encodeURIComponent(s) + "@host.example/"',
}

/** Statements that show the text `text`. */
export const channels: Record<string, string> = {
  'a line': 'console.log(text)',
  'an object on stderr': 'console.error({ text })',
  written: 'process.stdout.write(text + "\\n")',
  HTML: 'display.html("<pre>" + text + "</pre>")',
  JSON: 'display.json({ rows: [{ text }] })',
}

/** Whole cells; `S` holds the secrets, `s` is each in turn where `each` is used. */
export const cells: Record<string, string> = {
  'a result': 'S',
  'a result, one': 'S[0]',
  'a nested result': '({ a: { b: { c: { d: S } } } })',
  'a map with secret keys': 'new Map(S.map((s) => [s, 1]))',
  'a set': 'new Set(S)',
  'an object with secret keys': 'Object.fromEntries(S.map((s) => [s, true]))',
  'a symbol': 'Symbol(S[0])',
  "a function's text": 'new Function("return " + JSON.stringify(S[0]))',
  'a class with a field': 'class Holder { token = S[0] }; new Holder()',
  'a getter': '({ get token() { return S[0] } }).token',
  'a proxy': 'new Proxy({ token: S[0] }, {})',
  'a URL': 'new URL("https://host.example/?t=" + encodeURIComponent(S[0]))',
  headers: 'new Headers({ authorization: "Bearer " + S[0] })',
  'a date invalid': 'Object.assign(new Date(0), { note: S[0] })',
  'a promise': 'Promise.resolve(S[0])',
  'an array buffer': 'new TextEncoder().encode(S[0]).buffer',
  'a buffer': 'Buffer.from(S[0])',
  'a typed array': 'new Uint16Array(Buffer.from(S[0]))',
  'a data view': 'new DataView(new TextEncoder().encode(S[0]).buffer)',
  'an error thrown': 'throw new Error("refused " + S[0])',
  'an error of ours with a cause': 'throw new Error("outer", { cause: new Error(S[0]) })',
  'a cause that is a text': 'throw new Error("outer", { cause: S[0] })',
  'an aggregate of errors': 'throw new AggregateError(S.map((s) => new Error(s)), "many")',
  'an error with a field':
    'throw Object.assign(new Error("refused"), { response: { headers: { authorization: S[0] } } })',
  'an error with a secret name': 'throw Object.assign(new Error("x"), { name: S[1] })',
  'a thrown text': 'throw S[0]',
  'a thrown object': 'throw { token: S[0] }',
  'a thrown list of bytes': 'throw [...Buffer.from(S[1])]',
  'a rejected promise': 'await Promise.reject(new Error(S[0]))',
  'a rejection that nobody handles': 'void Promise.reject(new Error(S[0])); await sleep(20)',
  'an error in a timer': 'setTimeout(() => { throw new Error(S[0]) }, 1); await sleep(30)',
  'a syntax error':
    'await import("data:text/javascript," + encodeURIComponent("let x = \'" + S[1] + "\' let"))',
  'a JSON error': 'JSON.parse(S[1] + "}")',
  'a module that is not there': 'await import("./" + S[1])',
  'a file that is not there': '(await import("node:fs")).readFileSync("/nowhere/" + S[1])',
  'a file name in a listing': `const fs = await import("node:fs"); const folder = fs.mkdtempSync("/tmp/xdrlab-leak-")
    fs.writeFileSync(folder + "/" + S[1] + ".txt", ""); console.log(fs.readdirSync(folder)); fs.rmSync(folder, { recursive: true })`,
  'a URL that cannot be fetched': 'await fetch("http://127.0.0.1:1/" + encodeURIComponent(S[1]))',
  'a table': 'console.table(S.map((s) => ({ s, length: s.length })))',
  'a table of one column': 'console.table(S)',
  'a table with secret columns': 'console.table([Object.fromEntries(S.map((s) => [s, 1]))])',
  'a dir': 'console.dir({ S }, { depth: 9 })',
  'a group': 'console.group(S[0]); console.log("in it"); console.groupEnd()',
  'a count': 'console.count(S[0])',
  "a timer's name": 'console.time(S[0]); console.timeEnd(S[0])',
  'an assertion': 'console.assert(false, S[0])',
  'a trace': 'console.trace(S[0])',
  'a format': 'console.log("%s and %o and %j", S[0], S[1], { s: S[2] })',
  'a warning': 'console.warn(S[0]); console.info(S[1]); console.debug(S[2])',
  'a process warning': 'process.emitWarning(S[0]); await sleep(20)',
  'two halves of a write':
    'for (const s of S) { process.stdout.write(s.slice(0, s.length / 2)); process.stdout.write(s.slice(s.length / 2) + "\\n") }',
  'two halves over messages':
    'for (const s of S) { process.stdout.write(s.slice(0, s.length / 2)); await sleep(60); process.stdout.write(s.slice(s.length / 2) + "\\n") }',
  'three parts over messages':
    'for (const s of S) { for (const part of thirds(s)) { process.stdout.write(part); await sleep(40) } console.log() }',
  'letter by letter': 'for (const s of S) { for (const c of s) process.stdout.write(c); console.log() }',
  'letter by letter with pauses':
    'for (const s of S.slice(1, 3)) { for (const c of s) { process.stdout.write(c); await sleep(2) } console.log() }',
  'letter by letter on stderr':
    'for (const s of S) { for (const c of s) process.stderr.write(c); process.stderr.write("\\n") }',
  'byte by byte':
    'for (const s of S) { for (const b of Buffer.from(s)) process.stdout.write(Buffer.of(b)); console.log() }',
  'parts of base64':
    'for (const s of S) { for (const part of thirds(btoa(s))) { process.stdout.write(part); await sleep(30) } console.log() }',
  'parts of hex':
    'for (const s of S) { for (const part of thirds(Buffer.from(s).toString("hex"))) { process.stdout.write(part); await sleep(30) } console.log() }',
  'over a large write':
    'for (const s of S.slice(0, 2)) { process.stdout.write("x".repeat(65530) + " " + s.slice(0, 9)); process.stdout.write(s.slice(9) + " y".repeat(40000) + "\\n") }',
  'behind much text':
    'for (const s of S.slice(0, 2)) process.stdout.write("line of text\\n".repeat(6000) + s + "\\n")',
  'at every border':
    'for (let i = 0; i < 40; i++) process.stdout.write("=".repeat(i * 7) + S[0].slice(0, i * 3)), process.stdout.write(S[0].slice(i * 3) + "\\n")',
  'a display between two halves':
    'process.stdout.write(S[0].slice(0, 200)); display.text("between"); process.stdout.write(S[0].slice(200) + "\\n")',
  'halves on two streams':
    'process.stdout.write(S[0].slice(0, 250)); process.stderr.write(S[0].slice(250) + "\\n")',
  "half before the cell's end": 'process.stdout.write(S[1].slice(0, 22))',
  'the other half': 'process.stdout.write(S[1].slice(22) + "\\n")',
  'a long beginning alone': 'console.log(S[0].slice(0, 400) + "…")',
  'a long end alone': 'console.log("…" + S[0].slice(-300))',
  'a middle alone': 'console.log(S[0].slice(100, 200))',
  'wrapped in lines of 64': 'console.log(S[0].replace(/.{64}/g, "$&\\n"))',
  'wrapped and indented': 'console.log(S[0].replace(/.{60}/g, "$&\\n    "))',
  padded: 'console.log(S[1].padStart(100).padEnd(200, "*"))',
  'in colours': 'console.log("\\u001b[31m" + S[0] + "\\u001b[0m")',
  'many times': 'console.log((S[1] + ",").repeat(500))',
  'all together': 'console.log(S.join(""))',
  "a display with a secret in its MIME type's data":
    'display({ "application/json": { deep: [{ [S[0]]: S[1] }] }, "text/plain": S[2] }, { raw: true })',
  Markdown: 'display.markdown("**" + S[0] + "**")',
  LaTeX: 'display.latex ? display.latex("$" + S[1] + "$") : display.text(S[1])',
  SVG: 'display.svg ? display.svg(`<svg xmlns="http://www.w3.org/2000/svg"><text>${S[0]}</text></svg>`) : display.html(S[0])',
  'a bundle of its own':
    '({ [Symbol.for("Jupyter.display")]: () => ({ "text/plain": S[0], "text/html": "<i>" + S[1] + "</i>" }) })',
  'JSON bytes': 'display.json({ bytes: [...Buffer.from(S[1])] })',
  'JSON of a typed array': 'display.json({ bytes: new Uint8Array(Buffer.from(S[1])) })',
  'JSON of a buffer': 'display.json({ bytes: Buffer.from(S[0]) })',
  'JSON letters': 'display.json({ letters: [...S[0]] })',
  'Vega data':
    '({ $schema: "https://vega.github.io/schema/vega-lite/v5.json", data: { values: S.map((s) => ({ host: s, n: 1 })) }, mark: "bar", encoding: {} })',
  'Vega data keyed by secrets':
    '({ $schema: "https://vega.github.io/schema/vega-lite/v5.json", data: { values: S.map((s) => ({ [s]: 1 })) }, mark: "bar" })',
  'a table of rows': 'S.map((s) => ({ token: s, n: 1 }))',
  'a table of nested rows': 'S.map((s) => ({ auth: { header: "Bearer " + s } }))',
  'an updated display':
    'const shown = display.text("nothing yet"); for (const s of S) shown?.update?.({ "text/plain": s, "text/html": "<b>" + s + "</b>" }, { raw: true })',
  'a display that is replaced by halves':
    'const halves = display.text("nothing yet"); for (const s of S) { halves.update({ "text/plain": s.slice(0, s.length / 2) }); halves.update({ "text/plain": s }) }',
  "a display's metadata": 'display.text("shown", { metadata: { token: S[0], deep: [{ [S[1]]: 1 }] } })',
  'HTML with its letters in elements': 'display.html([...S[1]].map((c) => "<i>" + c + "</i>").join(""))',
  'HTML with an attribute':
    'display.html(`<a href="https://host.example/?t=${encodeURIComponent(S[0])}">x</a>`)',
  'a drawing in base64':
    'display.html(`<img src="data:image/svg+xml;base64,${btoa(`<svg xmlns="http://www.w3.org/2000/svg"><text>${S[0]}</text></svg>`)}">`)',
  'a cause of a cause of a cause':
    'throw new Error("a", { cause: new Error("b", { cause: new Error("c", { cause: { headers: [S[0]] } }) }) })',
  'an error that says it in its fields of fields':
    'throw Object.assign(new TypeError("x"), { config: { [S[1]]: { data: Buffer.from(S[0]) } } })',
  'a comm that opens': 'for (const s of S) comm.open("leaks", { token: s })',
  "a comm's data": 'const line = comm.open("leaks"); for (const s of S) line.send({ deep: [{ [s]: s }] })',
  "a comm's metadata": 'comm.open("leaks").send({}, { metadata: { token: S[0] } })',
  "a comm's buffers":
    'const buffers = comm.open("leaks"); for (const s of S) buffers.send({}, { buffers: [Buffer.from("head " + s + " tail")] })',
  "a comm's buffer of UTF-16": 'comm.open("leaks").send({}, { buffers: [Buffer.from(S[0], "utf16le")] })',
  "a comm's buffer of JSON": 'comm.open("leaks").send({}, { buffers: [Buffer.from(JSON.stringify(S))] })',
  "a comm's typed array": 'comm.open("leaks").send({}, { buffers: [new Uint8Array(Buffer.from(S[1]))] })',
  'a comm that closes': 'const closing = comm.open("leaks"); closing.close({ token: S[0] })',
  "a comm's target": 'comm.open(S[1])',
  "a child's output": '(await import("node:child_process")).spawnSync("echo", [S[0]], { stdio: "inherit" })',
  "a child's output as it comes": `const { spawn } = await import("node:child_process")
    await new Promise((done) => spawn("sh", ["-c", 'printf %s "$1"; sleep 0.05; echo "$2"', "-", S[0].slice(0, 50), S[0].slice(50)], { stdio: "inherit" }).on("close", done))`,
  'a child that fails': '(await import("node:child_process")).execSync("echo " + S[1] + " >&2; false")',
  "a worker's output": `const { Worker } = await import("node:worker_threads")
    await new Promise((done) => new Worker("console.log(require('node:worker_threads').workerData)", { eval: true, workerData: S[0] }).on("exit", done)); await sleep(30)`,
  'the environment': 'process.env.LEAK_TOKEN = S[0]; console.log(process.env.LEAK_TOKEN)',
  "an error's stack": 'console.log(new Error(S[0]).stack)',
  'a regular expression': 'new RegExp(S[1])',
  'weak references': 'console.log(new WeakRef({ token: S[0] }).deref())',
  arguments: '(function () { console.log(arguments) })(...S)',
  "a blob's text": 'console.log(await new Blob(S).text())',
  'form data': 'const form = new FormData(); form.set("token", S[0]); console.log([...form])',
  'a request':
    'console.log(new Request("https://host.example", { headers: { authorization: "Bearer " + S[0] } }).headers)',
  'text with lone halves of letters': 'console.log("\\ud83d" + S[0] + "\\ude00")',
  'behind letters beyond Latin-1': 'console.log("→ ключ 鍵 " + S[0] + " ←")',
  'a bigint beside it': 'display.json({ n: 12345678901234567890n, token: S[0] })',
}

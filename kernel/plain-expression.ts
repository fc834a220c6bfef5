/**
 * What most short cells are: `alerts.length`, `1 + 2`, `await rows.toArray()`, `show(alerts, 10)`. By its form alone
 * such a cell is one whole expression that declares, imports, assigns and types nothing, so V8 can take it as it is.
 */
const form = (() => {
  const number = String.raw`(?:0|[1-9]\d*)(?:\.\d+)?`
  const path = String.raw`[A-Za-z$][\w$]*(?:\.[A-Za-z$][\w$]*)*`
  const operand = `(?:${path}|${number})`
  const sum = `${operand}(?: [+*-] ${operand})*`
  const call = String.raw`(?:await )?${path}\((?:${sum}(?:, ${sum})*)?\)`
  return new RegExp(`^(?:${sum}|${call})\\n*$`)
})()

/** Also as a property, where it would be allowed: then the cell goes the long way. */
const reserved =
  /\b(?:as|async|await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|finally|for|function|if|implements|import|in|instanceof|interface|let|new|package|private|protected|public|return|static|super|switch|throw|try|typeof|using|var|void|while|with|yield)\b/

const longest = 200

/** Whether a cell is an expression that needs no compiler. */
export function isPlainExpression(source: string): boolean {
  return (
    source.length <= longest &&
    form.test(source) &&
    !reserved.test(source.replace(/^await (?=[A-Za-z$])/, ''))
  )
}

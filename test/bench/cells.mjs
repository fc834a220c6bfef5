// The cells that every kernel runs: the same work, in the words of its language.

const typescript30 = (n) => `interface Alert { id: number; title: string; severity: number }
interface Page<T> { items: T[]; next: number | undefined }
type Summary = { count: number; worst: string; mean: number }
const pageSize${n}: number = 20
async function fetchPage${n}(from: number): Promise<Page<Alert>> {
  await Promise.resolve()
  const items = Array.from({ length: pageSize${n} }, (_: unknown, i: number): Alert => ({
    id: from + i,
    title: \`alert \${from + i} of run ${n}\`,
    severity: ((from + i) * 7919) % 100 / 100,
  }))
  return { items, next: from + pageSize${n} < 100 ? from + pageSize${n} : undefined }
}
async function fetchAll${n}(): Promise<Alert[]> {
  const all: Alert[] = []
  let from: number | undefined = 0
  while (from !== undefined) {
    const page: Page<Alert> = await fetchPage${n}(from)
    all.push(...page.items)
    from = page.next
  }
  return all
}
function summarize${n}(alerts: Alert[]): Summary {
  const sorted = [...alerts].sort((a, b) => b.severity - a.severity)
  const total = alerts.reduce((sum, alert) => sum + alert.severity, 0)
  return { count: alerts.length, worst: sorted[0]!.title, mean: total / alerts.length }
}
const alerts${n} = await fetchAll${n}()
JSON.stringify(summarize${n}(alerts${n}))`

const python30 = (n) => `import json
from dataclasses import dataclass
@dataclass
class Alert${n}:
    id: int
    title: str
    severity: float
page_size${n}: int = 20
async def fetch_page${n}(start: int):
    items = [
        Alert${n}(
            id=start + i,
            title=f"alert {start + i} of run ${n}",
            severity=((start + i) * 7919) % 100 / 100,
        )
        for i in range(page_size${n})
    ]
    return items, (start + page_size${n} if start + page_size${n} < 100 else None)
async def fetch_all${n}():
    found, start = [], 0
    while start is not None:
        items, start = await fetch_page${n}(start)
        found.extend(items)
    return found
def summarize${n}(alerts):
    ranked = sorted(alerts, key=lambda alert: -alert.severity)
    total = sum(alert.severity for alert in alerts)
    return {"count": len(alerts), "worst": ranked[0].title, "mean": total / len(alerts)}
alerts${n} = await fetch_all${n}()
json.dumps(summarize${n}(alerts${n}))`

export const typescript = {
  trivial: (n) => `1 + ${n}`,
  async30: typescript30,
  declare: (n) =>
    `const value${n}: number = ${n}\nfunction add${n}(x: number): number { return x + value${n} }\nadd${n}(1)`,
  imports: {
    undici: (n) => `import * as undici${n} from 'undici'\ntypeof undici${n}.request`,
    graphql: (n) => `import * as graphql${n} from 'graphql'\ntypeof graphql${n}.parse`,
  },
  print: (count) => `for (let n = 0; n < ${count}; n++) console.log('line ' + n)`,
}

export const python = {
  trivial: (n) => `1 + ${n}`,
  async30: python30,
  declare: (n) => `value${n}: int = ${n}\ndef add${n}(x: int) -> int:\n    return x + value${n}\nadd${n}(1)`,
  imports: {},
  print: (count) => `for n in range(${count}): print('line ' + str(n))`,
}

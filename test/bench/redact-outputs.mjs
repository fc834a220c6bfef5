// What notebooks print, about so many characters of it.
export const outputs = {
  'JSON lines': (length) =>
    repeated(
      length,
      (i) =>
        `{"id":"alert://priv:event-filter:${i}:${i * 7919}","metadata":{"title":"Suspicious PowerShell download","severity":0.${i % 10},"created_at":{"seconds":${1_700_000_000 + i}}},"host":"ws-${i % 977}.corp.example","user":"jane.doe${i % 31}"}\n`,
    ),
  'a log': (length) =>
    repeated(
      length,
      (i) =>
        `2026-03-0${(i % 9) + 1}T1${i % 10}:0${i % 6}:17.${100 + (i % 900)}Z INFO  [worker-${i % 16}] GET /api/v1/hosts/${i} 200 in ${i % 400} ms, trace ${hashOf(i)}\n`,
    ),
  'indented JSON': (length) =>
    repeated(
      length,
      (i) =>
        `      {\n        "id": ${i},\n        "name": "svchost.exe",\n        "sha256": "${hashOf(i)}${hashOf(i + 1)}",\n        "parents": [\n          ${i % 9000},\n          ${i % 700}\n        ]\n      },\n`,
    ),
  'a table of numbers': (length) =>
    repeated(length, (i) =>
      `│ ${i} │ ${(i * 7919) % 65_536} │ ${(i % 997) / 10} │ ${i % 256} │\n`.replaceAll('│', '|'),
    ),
  'beyond Latin-1': (length) =>
    repeated(
      length,
      (i) => `│ ${i} │ Подозрительная загрузка → ws-${i % 977}.corp.example │ jane.doe${i % 31} │\n`,
    ),
}

function repeated(length, line) {
  const lines = []
  for (let i = 0, sum = 0; sum < length; i++) {
    lines.push(line(i))
    sum += lines[i].length
  }
  return lines.join('')
}

function hashOf(number) {
  return (Math.imul(number + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0').repeat(4)
}

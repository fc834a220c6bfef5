const severities: readonly (readonly [RegExp, string])[] = [
  [/\bcritical\b/i, "severity >= 'critical'"],
  [/\bhigh\b/i, "severity >= 'high'"],
  [/\bmedium\b/i, "severity = 'medium'"],
  [/\blow\b/i, "severity = 'low'"],
]
const statuses: readonly (readonly [RegExp, string])[] = [
  [/\bopen\b/i, "status = 'OPEN'"],
  [/\bfalse positives?\b/i, "status = 'FALSE_POSITIVE'"],
  [/\bsuppressed\b/i, "status = 'SUPPRESSED'"],
]
const topics = [
  'powershell',
  'phishing',
  'sign-in',
  'dns',
  'mailbox',
  'ransomware',
  'beacon',
  'scan',
] as const

/** A small stand-in for the platform's natural-language search: it knows severities, statuses, a few topics and times. */
export function writeCql(text: string) {
  const conditions = [
    ...[severities, statuses].flatMap((words) => words.find(([word]) => word.test(text))?.[1] ?? []),
    ...topics
      .filter((topic) => text.toLowerCase().includes(topic))
      .map((topic) => `title CONTAINS '${topic}'`),
  ]
  const time = /\b(\d{1,4})\s*(minute|hour|day|week)s?\b/i.exec(text)
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
  const earliest = time === null ? '-1d' : `-${time[1]}${time[2]?.slice(0, 1).toLowerCase()}`
  const understood = conditions.length > 0 || time !== null
  return {
    id: crypto.randomUUID(),
    ql: `FROM alert${where} EARLIEST=${earliest}`,
    reason: understood ? 'read from the words' : 'nothing was understood: the alerts of the last day',
    types: ['alert'],
    status: understood ? 'COMPLETE' : 'PARTIAL',
  }
}

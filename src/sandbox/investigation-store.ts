import type { CallContext, Maybe } from './context.js'
import type { Column, Source } from './cql-run.js'
import type { Evidence, Investigation } from './data/investigations.js'
import { type Subject, toSubject } from './data/people.js'
import type { World } from './data/world.js'
import { notFound, toTime } from './paging.js'

type EvidenceKind = 'alerts' | 'assets' | 'events' | 'searchQueries'

/** Investigations as the schema shows them, as CQL sees them, and as mutations change them. */
export class InvestigationStore {
  readonly world: World

  constructor(world: World) {
    this.world = world
  }

  /** @throws GraphQLError where there is none that the person may see */
  find(id: string, context: CallContext): Investigation {
    const found = this.world.investigations.find((investigation) => investigation.id === id)
    if (found === undefined || !context.seesTenant(found.tenant)) throw notFound(`investigation ${id}`)
    return found
  }

  /** The fields of `FROM investigation`; new investigations are among the rows at once. */
  source(): Source {
    const rows = this.world.investigations
    const text = (of: (row: Investigation) => Maybe<string>): Column => ({
      type: 'text',
      at: (row) => {
        const found = rows[row]
        return found === undefined ? undefined : of(found)
      },
    })
    const value = (of: (row: Investigation) => number) => (row: number) => {
      const found = rows[row]
      return found === undefined ? 0 : of(found)
    }
    const number = (of: (row: Investigation) => number): Column => ({ type: 'number', at: value(of) })
    const time = (of: (row: Investigation) => number): Column => ({ type: 'time', at: value(of) })
    const tags: Column = { type: 'texts', at: (row) => rows[row]?.tags ?? [] }
    const columns: readonly (readonly [string, Column])[] = [
      ['id', text((row) => row.id)],
      ['short_id', text((row) => row.shortId)],
      ['title', text((row) => row.title)],
      ['key_findings', text((row) => row.keyFindings)],
      ['status', text((row) => row.status)],
      ['type', text((row) => row.type)],
      ['priority', number((row) => row.priority)],
      ['risk_score', number((row) => row.riskScore)],
      ['tags', tags],
      ['assignee_id', text((row) => row.assigneeId)],
      ['created_by_id', text((row) => row.createdById)],
      ['close_reason', text((row) => row.closeReason)],
      ['tenant_id', text((row) => this.world.tenants[row.tenant]?.id)],
      ['created_at', time((row) => row.createdAt)],
      ['updated_at', time((row) => row.updatedAt)],
    ]
    // The schema writes shortId, CQL short_id: both are read.
    const both = columns.flatMap(([name, column]) => [
      [name, column] as const,
      [name.replaceAll('_', ''), column] as const,
    ])
    return { count: rows.length, columns: new Map(both), time: (row) => rows[row]?.createdAt ?? 0 }
  }

  subject(id: Maybe<string>): Subject | null {
    const person = this.world.people.find((candidate) => candidate.id === id)
    return person === undefined ? null : toSubject(person)
  }

  /** Adds what is not there yet; the subjects are taken as they are. */
  addEvidence(
    investigation: Investigation,
    kind: EvidenceKind,
    subjects: readonly string[],
    context: CallContext,
  ): void {
    const known = new Set(investigation[kind].map((evidence) => evidence.subject))
    const added = [...new Set(subjects)]
      .filter((subject) => !known.has(subject))
      .map((subject) => ({
        id: crypto.randomUUID(),
        createdAt: this.world.currentTime(),
        createdBy: context.principal.subject,
        subject,
        isGenesis: false,
      }))
    investigation[kind] = [...investigation[kind], ...added]
    if (kind === 'alerts') this.#link(investigation, added, true)
    this.touch(investigation, context)
  }

  removeEvidence(
    investigation: Investigation,
    kind: EvidenceKind,
    subjects: readonly string[],
    context: CallContext,
  ): string[] {
    const gone = investigation[kind].filter((evidence) => subjects.includes(evidence.subject))
    investigation[kind] = investigation[kind].filter((evidence) => !gone.includes(evidence))
    if (kind === 'alerts') this.#link(investigation, gone, false)
    this.touch(investigation, context)
    return gone.map((evidence) => evidence.subject)
  }

  touch(investigation: Investigation, context: CallContext): void {
    investigation.updatedAt = this.world.currentTime()
    investigation.updatedById = context.principal.subject
  }

  /** An alert names one investigation: the one it was added to last. */
  #link(investigation: Investigation, evidence: readonly Evidence[], linked: boolean): void {
    const { alerts, investigations } = this.world
    const number = investigations.indexOf(investigation) + 1
    for (const { subject } of evidence) {
      const row = alerts.rowOf(subject)
      if (row < 0) continue
      if (linked) alerts.investigation[row] = number
      else if (alerts.investigation[row] === number) alerts.investigation[row] = 0
    }
  }

  /** As the schema's InvestigationV2. */
  show(investigation: Investigation) {
    const tenantId = this.world.tenants[investigation.tenant]?.id
    const base = ({ id, createdAt, createdBy, isGenesis }: Evidence) => ({
      id,
      investigationId: investigation.id,
      tenantId,
      createdAt: toTime(createdAt),
      createdBy,
      isGenesis,
    })
    const { alerts, assets, events, searchQueries, comments } = investigation
    return {
      ...investigation,
      tenantId,
      tenant: this.world.tenants[investigation.tenant],
      createdAt: toTime(investigation.createdAt),
      updatedAt: toTime(investigation.updatedAt),
      archivedAt: null,
      isCreatedByPartner: true,
      alertsEvidenceCount: alerts.length,
      assetsEvidenceCount: assets.length,
      eventsEvidenceCount: events.length,
      searchQueriesEvidenceCount: searchQueries.length,
      alertsEvidence: alerts.map((evidence) => ({ ...base(evidence), alertId: evidence.subject })),
      assetsEvidence: assets.map((evidence) => ({ ...base(evidence), assetId: evidence.subject })),
      eventsEvidence: events.map((evidence) => ({ ...base(evidence), eventId: evidence.subject })),
      searchQueriesEvidence: searchQueries.map((evidence) => ({
        ...base(evidence),
        searchQuery: evidence.subject,
      })),
      alerts: alerts.map((evidence) => evidence.subject),
      assets: assets.map((evidence) => evidence.subject),
      events: events.map((evidence) => evidence.subject),
      assigneeSubject: this.subject(investigation.assigneeId),
      createdBySubject: this.subject(investigation.createdById),
      processingStatus: { assets: 'SUCCESS', events: 'SUCCESS', alerts: 'SUCCESS' },
      commentsCount: { total: comments.length, unread: 0 },
    }
  }
}

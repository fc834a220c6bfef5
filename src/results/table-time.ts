import { XdrError } from '../errors.js'
import { plain } from '../text.js'
import { Zone } from './zone.js'

/** A moment, as exactly as it was given. */
export interface Instant {
  /** Whole seconds since 1970, UTC, as milliseconds. */
  ms: number
  /** Digits behind the seconds' point as given, at most nine; `''` for none. */
  fraction: string
}

/** Writes moments in one time zone. */
export interface TimeText {
  /** IANA name, such as `Europe/Berlin`. */
  readonly zone: string
  /** `2026-03-01 13:00:00.123`, in the zone. */
  local(instant: Instant): string
}

const isoTime = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9})\d*)?)?(Z|[+-]\d\d:?(?:\d\d)?)$/i
/** Plausible moments, so that a counter that is called a time stays a number: 1990 to 2100. */
const earliestMs = 631_152_000_000
const latestMs = 4_102_444_800_000
const numberNames: readonly (readonly [RegExp, bigint])[] = [
  [/(?:usec|micros|microseconds)$/i, 1_000_000n],
  // The one time of Taegis that has no unit in its name.
  [/^(?:.*\.)?process_?creation_?time$/i, 1_000_000n],
  [/(?:_ms|msec|millis|milliseconds)$/i, 1_000n],
]
/** Of days that are remembered. */
const mostDays = 10_000

/**
 * Times in a zone; without one, in that of the process (`TZ`).
 *
 * @throws XdrError `XDR_BAD_OPTION` for an unknown zone
 */
export function timesIn(timeZone?: string): TimeText {
  const key = timeZone ?? `TZ=${process.env.TZ ?? ''}`
  if (latest?.key !== key) latest = { key, times: makeTimes(timeZone) }
  return latest.times
}

/** Making one takes longer than a small table. */
let latest: { key: string; times: TimeText } | undefined

function makeTimes(timeZone: string | undefined): TimeText {
  const zone = openZone(timeZone)
  return {
    zone: zone.name,
    local({ ms, fraction }) {
      const at = zone.toWall(ms)
      const written = `${dayText(at)} ${secondText(at)}`
      return fraction === '' ? written : `${written}.${fraction}`
    },
  }
}

function openZone(name: string | undefined): Zone {
  try {
    return new Zone(name)
  } catch {
    throw new XdrError('XDR_BAD_OPTION', `"${plain(name, 60)}" is no time zone`, {
      hint: 'give an IANA name, such as Europe/Berlin or UTC',
    })
  }
}

/** The moment in UTC, with all its digits. */
export function utcText({ ms, fraction }: Instant): string {
  const written = `${dayText(ms)}T${secondText(ms)}`
  return fraction === '' ? `${written}Z` : `${written}.${fraction}Z`
}

const dayMs = 86_400_000
const dayTexts = new Map<number, string>()
const twoDigits = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, '0'))

/** `2026-03-01`: most rows of a table share a few days. */
function dayText(ms: number): string {
  const day = Math.floor(ms / dayMs)
  let text = dayTexts.get(day)
  if (text === undefined) {
    if (dayTexts.size >= mostDays) dayTexts.clear()
    text = new Date(day * dayMs).toISOString().slice(0, 10)
    dayTexts.set(day, text)
  }
  return text
}

/** `13:00:00` */
function secondText(ms: number): string {
  const seconds = mod(ms, dayMs) / 1000
  const minutes = Math.floor(seconds / 60)
  return `${twoDigits[Math.floor(minutes / 60)]}:${twoDigits[minutes % 60]}:${twoDigits[Math.floor(seconds % 60)]}`
}

/** A text that is a date with time and zone (RFC 3339); without a zone it is no moment. */
export function instantOfText(text: string): Instant | undefined {
  if (text.length < 17 || text.length > 40) return undefined
  const [, day, minute, second = '00', fraction = '', zone] = isoTime.exec(text) ?? []
  if (day === undefined || zone === undefined) return undefined
  return instant(Date.parse(`${day}T${minute}:${second}${zoneText(zone)}`), fraction)
}

/** A date object. */
export function instantOfDate(date: Date): Instant | undefined {
  const ms = date.getTime()
  return Number.isNaN(ms) ? undefined : instant(Math.floor(ms / 1000) * 1000, digits(mod(ms, 1000), 3))
}

/** Taegis' `Timestamp`: `{ seconds, nanos }`. Never throws: an object that does is no time. */
export function instantOfObject(value: object): Instant | undefined {
  try {
    return instantOfTimestamp(value)
  } catch {
    return undefined
  }
}

function instantOfTimestamp(value: object): Instant | undefined {
  if (!('seconds' in value)) return undefined
  for (const name in value) {
    if (name !== 'seconds' && name !== 'nanos' && name !== '__typename') return undefined
  }
  const seconds = Number(value.seconds)
  const nanos = 'nanos' in value ? Number(value.nanos ?? 0) : 0
  if (!Number.isInteger(seconds) || !Number.isInteger(nanos) || nanos < 0 || nanos >= 1e9) return undefined
  return plausible(instant(seconds * 1000, digits(nanos, 9)))
}

/** A number in a column whose name says its unit, such as Taegis' `event_time_usec`. */
export function instantOfNumber(value: number | bigint, name: string): Instant | undefined {
  const perSecond = numberNames.find(([pattern]) => pattern.test(name))?.[1]
  if (perSecond === undefined || (typeof value === 'number' && !Number.isSafeInteger(value))) return undefined
  const count = BigInt(value)
  if (count < 0n) return undefined
  const rest = digits(Number(count % perSecond), String(perSecond).length - 1)
  return plausible(instant(Number(count / perSecond) * 1000, rest))
}

/** Years of more or less than four digits are left as they were written. */
function instant(ms: number, fraction: string): Instant | undefined {
  return ms >= -62_135_596_800_000 && ms <= 253_402_214_400_000 ? { ms, fraction } : undefined
}

function plausible(found: Instant | undefined): Instant | undefined {
  return found !== undefined && found.ms >= earliestMs && found.ms < latestMs ? found : undefined
}

/** `120000000` nanoseconds are `.12`, written in groups of three: `120`. */
function digits(count: number, places: number): string {
  if (count === 0) return ''
  return String(count)
    .padStart(places, '0')
    .replace(/(?:000)+$/, '')
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by
}

function zoneText(zone: string): string {
  if (/^z$/i.test(zone)) return 'Z'
  const [, hours = '00', minutes = '00'] = /^([+-]\d\d):?(\d\d)?$/.exec(zone) ?? []
  return `${hours}:${minutes}`
}

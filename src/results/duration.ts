import { XdrError } from '../errors.js'
import { plain } from '../text.js'

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/**
 * A duration in milliseconds.
 *
 * @param duration such as `30s`, `15m`, `1h`, `7d`, or a number of milliseconds
 * @throws XdrError `XDR_BAD_OPTION`
 */
export function durationMs(duration: string | number): number {
  if (typeof duration === 'number' && duration >= 0 && Number.isFinite(duration)) return duration
  const [, amount, unit] = /^(\d{1,9}(?:\.\d{1,3})?)(s|m|h|d)$/.exec(String(duration)) ?? []
  if (typeof duration !== 'string' || amount === undefined) {
    throw new XdrError('XDR_BAD_OPTION', `"${plain(duration, 40)}" is no duration`, {
      hint: "write it like '30s', '15m', '1h', '7d', or as a number of milliseconds",
    })
  }
  return Number(amount) * unitMs[unit as keyof typeof unitMs]
}

/** How old something is, in words: `12 minutes`. */
export function describeAge(ageMs: number): string {
  const [unit, amount] =
    ageMs < 2 * unitMs.m
      ? (['second', ageMs / unitMs.s] as const)
      : ageMs < 2 * unitMs.h
        ? (['minute', ageMs / unitMs.m] as const)
        : ageMs < 2 * unitMs.d
          ? (['hour', ageMs / unitMs.h] as const)
          : (['day', ageMs / unitMs.d] as const)
  const whole = Math.max(0, Math.floor(amount))
  return `${whole} ${unit}${whole === 1 ? '' : 's'}`
}

import { styleText } from 'node:util'

/** Colours only where a terminal shows them and `NO_COLOR` does not forbid it. */
export function paint(format: 'dim' | 'green' | 'red' | 'yellow', text: string): string {
  return process.stdout.isTTY && process.stdout.hasColors() ? styleText(format, text) : text
}

/** `12.3 s`, `4 min 05 s`, `2 h 07 min` */
export function formatMs(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  const two = (count: number) => String(count).padStart(2, '0')
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`
}

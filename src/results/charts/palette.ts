/**
 * Colours that stand out from white and from the dark grey of a dark theme alike (3 : 1 at least), and from one
 * another for people with the usual kinds of colour blindness as far as eight of one brightness can.
 */
export const palette = [
  '#3b82d0',
  '#d9720f',
  '#1f9e77',
  '#cf5fa6',
  '#8f79d6',
  '#a8842c',
  '#2196b4',
  '#dd5a5a',
] as const
/** What is "other", and what is nothing. */
export const grey = '#8a8a8a'

/** The levels of a severity from 0 to 1, the least first. */
export const severityLevels = [
  { name: 'informational', from: 0, color: '#8a8a8a' },
  { name: 'low', from: 0.2, color: '#3b82d0' },
  { name: 'medium', from: 0.4, color: '#b58a1b' },
  { name: 'high', from: 0.6, color: '#e0721a' },
  { name: 'critical', from: 0.8, color: '#e0406e' },
] as const

/** Colour of a level by its name, where it is one. */
export function severityColor(name: string): string | undefined {
  const wanted = name.toLowerCase()
  const level = severityLevels.find(
    (known) => known.name === wanted || (wanted === 'info' && known.from === 0),
  )
  return level?.color
}

/** Where a level stands among the others; −1 for what is none. */
export function severityRank(name: string): number {
  const color = severityColor(name)
  return severityLevels.findIndex((level) => level.color === color)
}

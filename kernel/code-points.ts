/**
 * Where a cursor of the protocol is in a JavaScript string: Jupyter counts Unicode code points, JavaScript UTF-16
 * units, and after an emoji they differ. Anything that is no number means the end, as front ends that leave it out do.
 */
export function toUnits(text: string, cursor: unknown): number {
  if (typeof cursor !== 'number' || !(cursor >= 0)) return text.length
  let units = 0
  for (let points = 0; points < cursor && units < text.length; points++) units += widthAt(text, units)
  return units
}

/** The way back: from a place in a JavaScript string to code points. */
export function toPoints(text: string, end: number): number {
  let points = 0
  for (let units = 0; units < end && units < text.length; units += widthAt(text, units)) points++
  return points
}

function widthAt(text: string, at: number): 1 | 2 {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
}

const nameBefore = /#?[\p{ID_Continue}$]*$/u
const nameAfter = /^[\p{ID_Continue}$]*/u
const ownerEnd = /[\p{ID_Continue}$"']$/u

export function nameAround(code: string, cursor: number): { start: number; end: number } {
  return {
    start: cursor - (nameBefore.exec(code.slice(0, cursor))?.[0].length ?? 0),
    end: cursor + (nameAfter.exec(code.slice(cursor))?.[0].length ?? 0),
  }
}

/** What is typed of a name there; `undefined` for a member, which no other cell declares. */
export function nameBegunAt(code: string, cursor: number): string | undefined {
  const typed = nameBefore.exec(code.slice(0, cursor))?.[0] ?? ''
  return /(?<!\.\.)\.\s*$/.test(code.slice(0, cursor - typed.length)) ? undefined : typed
}

/** Within the last word, or at the end of the text, of what has the member that begins at `start`. */
export function ownerBefore(code: string, start: number): number | undefined {
  const before = code.slice(0, start).trimEnd()
  if (!before.endsWith('.')) return undefined
  const owner = before.slice(0, before.endsWith('?.') ? -2 : -1).trimEnd()
  return ownerEnd.test(owner) ? owner.length - 1 : undefined
}

/** Behind a name means that name; a bracket behind the cursor is nothing to tell of. */
export function inspectedPlace(code: string, cursor: number): number {
  const before = nameBefore.exec(code.slice(0, cursor))?.[0].length ?? 0
  const after = nameAfter.exec(code.slice(cursor))?.[0].length ?? 0
  return before > 0 && after === 0 ? cursor - 1 : cursor
}

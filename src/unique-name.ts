/** A name for a file: readable for a person who looks into the folder; its hash keeps apart what that part cannot. */
export function uniqueName(readable: string, identity: string): string {
  const safe = readable.toLowerCase().replace(/[^a-z0-9@.-]+/g, '_')
  return `${safe.slice(0, 80)}-${sha256Hex(identity).slice(0, 12)}`
}

/** Loads Node's crypto when first used: it is as dear as the reading of a profile. */
export function sha256Hex(text: string): string {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('hex')
}

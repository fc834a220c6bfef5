/** `XDRLAB_CISCO_XDR`: what the environment's variables for one platform begin with. */
export function variablePrefix(name: string): string {
  return `XDRLAB_${toVariable(name)}`
}

/** A name as it stands in a variable: `CISCO_XDR`. */
export function toVariable(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')
}

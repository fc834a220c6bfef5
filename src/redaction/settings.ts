let shapes = process.env.XDRLAB_REDACT !== 'known'

/**
 * Chooses what the kernel hides in outputs: `all` (the default) secrets of this process and whatever looks
 * like a token, a key or a password of others; `known` only the former, which are always hidden.
 * `XDRLAB_REDACT=known` in the kernel's environment does the same from the start.
 *
 * @example
 * setRedaction('known')   // a notebook that explains what a JSON web token is
 */
export function setRedaction(what: 'all' | 'known'): void {
  shapes = what !== 'known'
}

/** Whether what only looks like a secret is hidden as well. */
export function redactsShapes(): boolean {
  return shapes
}

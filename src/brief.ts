let isBrief = false

/**
 * Says that this process is one short command: it sends a few requests, prints what it gets and ends. What starts
 * fast is then better than what runs fast, and nothing is made ready for a notebook's display.
 */
export function runBriefly(): void {
  isBrief = true
}

/** Whether {@link runBriefly} was said. */
export function runsBriefly(): boolean {
  return isBrief
}

/** Lets others have their turn, in a loop that waits for a state of theirs. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20))
}

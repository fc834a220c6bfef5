/** What comes of some work, if it comes in time. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const enough = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined)
  })
  const first = await Promise.race([work, enough])
  clearTimeout(timer)
  return first
}

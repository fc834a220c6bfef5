/** The package brings no types; only what the lock uses is described. */
declare module 'fs-native-extensions' {
  /**
   * Takes an exclusive lock on an open, writable file.
   *
   * @returns `false` while another open file holds it
   */
  export function tryLock(fd: number): boolean
}

import { SecretFinder } from '../redaction/finder.js'

/** One for all that looks through notebooks: it is compiled once for a set of secrets. */
export const secretFinder = new SecretFinder()

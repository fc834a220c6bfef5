import { type Check, findingsOf } from './finding.js'

/** The oldest that the package is made for; package.json says the same. */
const oldest = [20, 19] as const

const { ok, broken } = findingsOf('node', 'Node.js')

/** The version of Node.js, and which one it is. */
export const nodeCheck: Check = {
  id: 'node',
  title: 'Node.js',
  run: async () => {
    const { node } = process.versions
    const [major = 0, minor = 0] = node.split('.').map(Number)
    const isEnough = major > oldest[0] || (major === oldest[0] && minor >= oldest[1])
    const what = `${node} (${process.execPath}, ${process.platform} ${process.arch})`
    return [isEnough ? ok(what) : broken(what, `install Node.js ${oldest.join('.')} or later`)]
  },
}

import { join } from 'node:path'
import envPaths from 'env-paths'

/** The folder with everything xdrlab keeps: `XDRLAB_HOME`, else the platform's own place for settings. */
export function homeFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.XDRLAB_HOME || envPaths('xdrlab', { suffix: '' }).config
}

/** One file a profile. */
export function profileFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(homeFolder(env), 'profiles')
}

/** Where a running sandbox writes its address, so that notebooks find it. */
export function sandboxAddressFile(env: NodeJS.ProcessEnv = process.env): string {
  return join(homeFolder(env), 'sandbox.json')
}

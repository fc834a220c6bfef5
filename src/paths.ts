import { join } from 'node:path'
import envPaths from 'env-paths'
import { uniqueName } from './unique-name.js'

/** The folder with everything xdrlab keeps: `XDRLAB_HOME`, else the platform's own place for settings. */
export function homeFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.XDRLAB_HOME || envPaths('xdrlab', { suffix: '' }).config
}

/**
 * The part of a folder that is one person's alone. A JupyterHub (`JUPYTERHUB_USER`) and a kernel gateway
 * (`KERNEL_USERNAME`) may run the kernels of many people in one account with one home: each has a folder of their own
 * in it, so that nobody goes on with another's sign-in or rows. Elsewhere the folder itself.
 */
function ownPart(folder: string, env: NodeJS.ProcessEnv): string {
  const person = env.JUPYTERHUB_USER || env.KERNEL_USERNAME
  return person ? join(folder, 'people', uniqueName(person, person)) : folder
}

/** What is a person's alone, and not only a setting. */
export function ownFolder(env: NodeJS.ProcessEnv = process.env): string {
  return ownPart(homeFolder(env), env)
}

/** One file a profile. */
export function profileFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(ownFolder(env), 'profiles')
}

/** Where a running sandbox writes its address, so that notebooks find it. */
export function sandboxAddressFile(env: NodeJS.ProcessEnv = process.env): string {
  return join(ownFolder(env), 'sandbox.json')
}

/** One file a notebook: the tables that its cells have made. */
export function databaseFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(ownPart(env.XDRLAB_HOME || envPaths('xdrlab', { suffix: '' }).data, env), 'databases')
}

/** One Parquet file a query: the rows that it gave. */
export function resultCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(ownPart(env.XDRLAB_HOME || envPaths('xdrlab', { suffix: '' }).cache, env), 'results')
}

/** One file a GraphQL endpoint: the schema that it told of itself. */
export function schemaFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDRLAB_HOME || envPaths('xdrlab', { suffix: '' }).cache, 'schemas')
}

/** Where a team's own templates come from, as `xdrlab new --add` was told. */
export function templateSourcesFile(env: NodeJS.ProcessEnv = process.env): string {
  return join(homeFolder(env), 'templates.json')
}

/** One folder a git repository with templates. */
export function templateCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDRLAB_HOME || envPaths('xdrlab', { suffix: '' }).cache, 'templates')
}

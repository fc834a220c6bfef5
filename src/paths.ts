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

/** One file a notebook: the tables that its cells have made. */
export function databaseFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDRLAB_HOME || envPaths('xdrlab', { suffix: '' }).data, 'databases')
}

/** One Parquet file a query: the rows that it gave. */
export function resultCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDRLAB_HOME || envPaths('xdrlab', { suffix: '' }).cache, 'results')
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

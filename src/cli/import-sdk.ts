import { formatTime } from '../auth/session-text.js'
import { readSdkCache, type SdkCache, type SdkEntry, sdkCachePath } from '../auth/taegis-sdk.js'
import { systemClock } from '../clock.js'
import { XdrError } from '../errors.js'
import { currentScreen } from '../screen/screen.js'
import type { Profile, ProfileStore } from '../store/profile.js'
import { plain } from '../text.js'
import { openProfiles } from './account.js'
import { interruptSignal } from './interrupt.js'

export interface ImportOptions {
  from?: string
  withClients?: boolean
  dryRun?: boolean
  yes?: boolean
  json?: boolean
}

/** `xdrlab import taegis-sdk`: exit code 1 where nothing in the file can be taken over. */
export async function importTaegisSdk(options: ImportOptions): Promise<void> {
  const store = openProfiles()
  const cache = await readSdkCache(options.from ?? sdkCachePath(), store, systemClock.now())
  for (const warning of cache.warnings) process.stderr.write(`! ${warning}\n`)
  const signIns = cache.entries.flatMap(({ signIn }) => signIn ?? [])
  const clients = cache.entries.flatMap(({ client }) => client ?? [])
  if (options.json !== true) process.stdout.write(`${describeCache(cache).join('\n')}\n`)
  if (signIns.length === 0 && clients.length === 0) {
    process.exitCode = 1
    return report(cache, [], options)
  }
  if (options.dryRun === true) return report(cache, [], options)
  const chosen: Profile[] = [
    ...(signIns.length > 0 && (await isWanted(describeQuestion(signIns.length), options.yes)) ? signIns : []),
    ...(clients.length > 0 && (await wantsClients(clients.length, options)) ? clients : []),
  ]
  await keep(store, chosen)
  if (chosen.length === 0) process.exitCode = 1
  report(cache, chosen, options)
}

function describeQuestion(count: number): string {
  return `Import ${count === 1 ? 'this sign-in' : `these ${count} sign-ins`}`
}

/** Asked apart: kept credentials sign in before any person's own token does. */
async function wantsClients(count: number, { withClients, yes }: ImportOptions): Promise<boolean> {
  if (withClients === true) return isWanted(`Keep ${count} client credentials too`, yes)
  if (yes === true || (await currentScreen()).kind === 'none') return false
  return isWanted(`Keep ${count} client credentials too, which then sign in before you do`, false)
}

async function isWanted(question: string, isAnswered: boolean | undefined): Promise<boolean> {
  if (isAnswered === true) return true
  const screen = await currentScreen()
  if (screen.kind === 'none') {
    throw new XdrError('XDR_CONFIRM_NEEDED', 'the import has to be confirmed; nothing was imported', {
      hint: 'run this in a terminal, or add --yes if you mean it (--dry-run only shows what there is)',
    })
  }
  return /^y(es)?$/i.test((await screen.ask({ label: `${question}? Type yes` }, interruptSignal())).trim())
}

async function keep(store: ProfileStore, profiles: readonly Profile[]): Promise<void> {
  if (profiles.length === 0) return
  await store.checkWritable()
  for (const profile of profiles) {
    // Client credentials that are kept beside a sign-in stay with it.
    const client = profile.client ?? (await store.read(profile))?.client
    const { provider, region, origin, account, savedAt, session } = profile
    await store.write({
      ...{ provider, region, origin, account, savedAt, session },
      ...(client === undefined ? {} : { client }),
    })
  }
}

function describeCache({ path, entries }: SdkCache): string[] {
  if (entries.length === 0) return [`${plain(path)}: no token in it`]
  return [`${plain(path)}:`, ...entries.flatMap(describeEntry)]
}

function describeEntry({ environment, region, signIn, client, skipped }: SdkEntry): string[] {
  const place = region === undefined || region === environment ? environment : `${environment} (${region})`
  const lines: string[] = []
  if (signIn !== undefined) {
    const { expiresAt } = signIn.session.accessToken
    const end = expiresAt === undefined ? '' : ` · until ${formatTime(expiresAt)}`
    lines.push(`  + ${place}: ${[plain(signIn.account, 120), ...tenantsOf(signIn)].join(' · ')}${end}`)
  }
  if (client !== undefined)
    lines.push(`  + ${place}: client ${plain(client.client.id, 120)}, from ${client.from}`)
  return [...lines, ...skipped.map((why) => `  - ${place}: ${why}`)]
}

function tenantsOf({ session }: Profile): string[] {
  const tenants = session?.tenants ?? []
  if (tenants.length === 0) return []
  return [tenants.length === 1 ? `tenant ${tenants[0]}` : `${tenants.length} tenants`]
}

function report(cache: SdkCache, chosen: readonly Profile[], options: ImportOptions): void {
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(toJson(cache, chosen, options))}\n`)
    return
  }
  for (const { account, provider, region } of chosen)
    process.stdout.write(`imported: ${plain(account, 120)} · ${provider} ${region}\n`)
  if (chosen.length === 0) process.stdout.write('nothing was imported\n')
  const hasClients = cache.entries.some(({ client }) => client !== undefined && !chosen.includes(client))
  if (hasClients && options.withClients !== true)
    process.stdout.write('client credentials were left alone; --with-clients keeps them too\n')
  process.stdout.write(
    `the file is as it was, with its tokens; to delete it: ${deleteCommand(plain(cache.path, 4_096))}\n`,
  )
}

function deleteCommand(path: string): string {
  return process.platform === 'win32' ? `del "${path}"` : `rm '${path.replaceAll("'", "'\\''")}'`
}

function toJson({ path, entries }: SdkCache, chosen: readonly Profile[], { dryRun }: ImportOptions) {
  return {
    file: path,
    dryRun: dryRun === true,
    entries: entries.map(({ environment, region, signIn, client, skipped }) => ({
      environment,
      region: region ?? null,
      signIn:
        signIn === undefined
          ? null
          : {
              origin: signIn.origin,
              account: signIn.account,
              tenants: signIn.session.tenants,
              expiresAt: signIn.session.accessToken.toJSON().expiresAt,
              imported: chosen.includes(signIn),
            },
      client:
        client === undefined
          ? null
          : { origin: client.origin, id: client.client.id, imported: chosen.includes(client) },
      skipped,
    })),
  }
}

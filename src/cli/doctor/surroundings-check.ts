import { X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { browserObstacle } from '../../auth/browser.js'
import { XdrError } from '../../errors.js'
import { schemaFolder } from '../../paths.js'
import { findProvider, providerNames } from '../../providers/find.js'
import { taegis } from '../../providers/taegis.js'
import { proxyFor } from '../../proxy.js'
import { describeAge } from '../../results/duration.js'
import { readSchemaRecord } from '../../schema/schema-file.js'
import { plain } from '../../text.js'
import { type Check, type Finding, findingsOf } from './finding.js'

const browser = findingsOf('browser', 'Browser')
const proxy = findingsOf('proxy', 'Proxy')
const certificates = findingsOf('certificates', 'Certificates')
const platforms = findingsOf('platforms', 'Platforms')
const schemas = findingsOf('schemas', 'Schemas')

/** What is around: only read, nothing is asked. */
export const surroundingChecks: readonly Check[] = [
  { id: 'browser', title: 'Browser', run: async ({ env }) => [checkBrowser(env)] },
  { id: 'proxy', title: 'Proxy', run: async ({ env }) => [checkProxy(env)] },
  { id: 'certificates', title: 'Certificates', run: async ({ env }) => checkCertificates(env) },
  { id: 'platforms', title: 'Platforms', run: async ({ env }) => checkPlatforms(env) },
  { id: 'schemas', title: 'Schemas', run: async ({ env }) => [checkSchemas(env)] },
]

function checkBrowser(env: NodeJS.ProcessEnv): Finding {
  const obstacle = browserObstacle(env)
  if (obstacle !== undefined)
    return browser.ok(`not opened here (${obstacle}); sign-ins show address, code and QR`)
  const display = env.WAYLAND_DISPLAY || env.DISPLAY
  return browser.ok(`opened by a sign-in${display ? ` (display ${plain(display, 40)})` : ''}`)
}

/** The way to the platform that most use; others have it too, unless `NO_PROXY` names them. */
function checkProxy(env: NodeJS.ProcessEnv): Finding {
  const url = new URL(taegis.regions.us1.origin)
  try {
    const route = proxyFor(url, env)
    if (route !== undefined) {
      const withUser = route.authorization === undefined ? '' : ', with a user name'
      return proxy.ok(`${route.url.host}${withUser}`)
    }
    const { no_proxy: _lower, NO_PROXY: _upper, ...rest } = env
    const isLeftOut = proxyFor(url, rest) !== undefined
    return proxy.ok(
      isLeftOut ? `none for ${url.host} (NO_PROXY leaves it out)` : 'none: platforms are asked directly',
    )
  } catch (error) {
    if (error instanceof XdrError) return proxy.broken(error.message, error.hint)
    throw error
  }
}

function checkCertificates(env: NodeJS.ProcessEnv): Finding[] {
  const findings = ['NODE_EXTRA_CA_CERTS', 'XDRLAB_CA_CERTS'].flatMap((variable) => {
    const path = env[variable]
    return path ? [checkCertificateFile(variable, path)] : []
  })
  if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    const todo =
      'unset it; for a private authority set XDRLAB_CA_CERTS or NODE_EXTRA_CA_CERTS to its PEM file'
    findings.push(certificates.broken('NODE_TLS_REJECT_UNAUTHORIZED=0: every request is refused', todo))
  }
  return findings.length > 0 ? findings : [certificates.ok('the authorities that come with Node.js')]
}

const pemBlock = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g

function checkCertificateFile(variable: string, path: string): Finding {
  const todo = 'give the path of a PEM file with your certificate authority'
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unknown reason'
    return certificates.broken(`${variable}: ${path} cannot be read (${code})`, todo)
  }
  const blocks = text.match(pemBlock) ?? []
  const read = blocks.map((block) => readCertificate(block)).filter((one) => one !== undefined)
  if (read.length === 0) return certificates.broken(`${variable}: no certificate in ${path}`, todo)
  const what = `${variable}: ${read.length} in ${path}`
  if (read.length < blocks.length) {
    return certificates.warning(`${what}, ${blocks.length - read.length} that cannot be read`, todo)
  }
  // A bundle of many keeps some that have ended: what counts is whether one is left.
  return read.every(({ validTo }) => Date.parse(validTo) < Date.now())
    ? certificates.warning(`${what}, all of them ended (${read[0]?.validTo})`, 'ask for a newer file')
    : certificates.ok(what)
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

/** Every platform that can be named, with a person's own. */
function checkPlatforms(env: NodeJS.ProcessEnv): Finding[] {
  const known: string[] = []
  const problems: Finding[] = []
  try {
    for (const name of providerNames(env)) {
      try {
        findProvider(name, env)
        known.push(plain(name, 40))
      } catch (error) {
        if (!(error instanceof XdrError)) throw error
        // It has no address that is good for everybody: not set up is not broken.
        if (name !== 'threat-switch') problems.push(platforms.broken(error.message, error.hint))
      }
    }
  } catch (error) {
    if (!(error instanceof XdrError)) throw error
    return [platforms.broken(error.message, error.hint)]
  }
  return [platforms.ok(known.join(', ')), ...problems]
}

function checkSchemas(env: NodeJS.ProcessEnv): Finding {
  const folder = schemaFolder(env)
  const records = listNames(folder).map((name) => readSchemaRecord(join(folder, name)))
  const kept = records.filter((record) => record !== undefined)
  if (kept.length < records.length) {
    const count = records.length - kept.length
    return schemas.warning(`${count} damaged in ${folder}`, 'delete them: they are asked for anew')
  }
  const newest = kept.toSorted((a, b) => b.fetchedAt - a.fetchedAt)[0]
  if (newest === undefined) return schemas.ok('none kept yet; the part of Taegis that ships is used')
  const age = describeAge(Date.now() - newest.fetchedAt)
  const of = kept.length === 1 ? '' : `${kept.length}, the newest `
  return schemas.ok(
    `${of}${plain(newest.provider, 40)} ${plain(newest.region, 40)}, ${age} old; asked anew once a day`,
  )
}

function listNames(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.graphql'))
  } catch {
    return []
  }
}

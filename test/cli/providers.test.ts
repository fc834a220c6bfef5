import { expect, test } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { type CliHome, guardSecret, openHome } from '../support/cli.js'
import { ciscoRoutes, client, secureEndpointRoutes } from '../support/vendor-routes.js'
import { startVendor, type VendorServer } from '../support/vendor-server.js'

guardSecret('a client secret', client.secret)

/** Cisco XDR and Secure Endpoint at one server, by the variables that each has for its own. */
function environment(vendor: VendorServer): Record<string, string> {
  return {
    XDRLAB_STORE: 'file',
    XDRLAB_CA_CERTS: vendor.authority,
    XDRLAB_CISCO_XDR_URL: vendor.origin,
    XDRLAB_SECURE_ENDPOINT_URL: vendor.otherOrigin,
  }
}

const pair = {
  XDRLAB_CISCO_XDR_CLIENT_ID: client.id,
  XDRLAB_CISCO_XDR_CLIENT_SECRET: client.secret,
}

async function outputs(home: CliHome, args: string[], env: Record<string, string>) {
  const { status, stdout, stderr } = await home.run(args, { env })
  return { status, stdout, stderr }
}

test('a pipeline signs in to Secure Endpoint over Cisco XDR, is shown, and signs out', async () => {
  await using home = openHome()
  await using vendor = await startVendor({ ...ciscoRoutes(), ...secureEndpointRoutes() }, systemClock)
  const env = { ...environment(vendor), ...pair }

  const login = await outputs(home, ['login', 'secure-endpoint'], env)
  expect(login).toMatchObject({ status: 0, stdout: '' })
  expect(login.stderr).toMatch(new RegExp(`^Signed in as client ${client.id} · until `))
  expect(vendor.violations).toEqual([])

  const who = await outputs(home, ['whoami'], env)
  expect(who.status).toBe(0)
  expect(who.stdout.split('\n').filter((line) => line.includes(`client ${client.id}`))).toHaveLength(2)

  const out = await outputs(home, ['logout', '--provider', 'secure-endpoint'], env)
  expect(out.stdout).toContain('signed out: ')
  const left = await outputs(home, ['whoami', '--json'], env)
  expect(JSON.parse(left.stdout)).toMatchObject([{ provider: 'cisco-xdr', account: `client:${client.id}` }])
})

test('whoami --explain sends nothing and holds no secret; nothing found is exit code 1', async () => {
  await using home = openHome()
  await using vendor = await startVendor(ciscoRoutes(), systemClock)
  const env = environment(vendor)

  const without = await outputs(home, ['whoami', '--explain', 'cisco-xdr'], env)
  expect(without).toMatchObject({ status: 1, stderr: '' })
  expect(without.stdout).toMatch(/XDRLAB_CISCO_XDR_CLIENT_ID and XDRLAB_CISCO_XDR_CLIENT_SECRET: not set/)

  const found = await outputs(home, ['whoami', '--explain', '-p', 'secure-endpoint', '--json'], {
    ...env,
    ...pair,
  })
  expect(found).toMatchObject({ status: 0, stderr: '' })
  const order = JSON.parse(found.stdout)
  expect(order.source.steps.find((step: { used: boolean }) => step.used)).toMatchObject({
    step: 'client credentials from the environment',
    detail: 'XDRLAB_CISCO_XDR_CLIENT_ID and XDRLAB_CISCO_XDR_CLIENT_SECRET; a token will be asked for',
  })
  expect(vendor.seen).toEqual([])
})

test.each([
  [['login', 'cisco-xdr'], 1, /XDR_SIGN_IN_NEEDED.*\n.*set XDRLAB_CISCO_XDR_CLIENT_ID and/],
  [['login', 'nobody'], 2, /no platform is named "nobody"\n.*taegis, cisco-xdr, .*mine.*providers\.json/],
  [['login', 'taegis', '--provider', 'cisco-xdr'], 2, /name two platforms/],
  [['login', '--provider', 'cisco-xdr', '--issuer', 'https://id.example.com'], 2, /each name a platform/],
  [['login', 'mine'], 2, /providers\.json, mine: heder is no known key/],
  [['whoami', 'taegis'], 2, /a platform goes with --explain/],
  [['login', '--method', 'magic'], 2, /Allowed choices are client, device/],
])('%j ends at once, with what to do', async (args, status, says) => {
  await using home = openHome()
  home.write(
    'providers.json',
    JSON.stringify({ mine: { kind: 'apiKey', api: 'https://x.example', heder: 'X' } }),
  )
  const result = await outputs(home, args, { XDRLAB_STORE: 'file', XDRLAB_HOME: home.folder })
  expect(result.stderr).toMatch(says)
  expect(result).toMatchObject({ status, stdout: '' })
})

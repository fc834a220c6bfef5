// A sign-in as xdrlab itself keeps it, put there without a person.
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The build that is measured. */
export const dist = fileURLToPath(new URL('../../dist', import.meta.url))

const load = (...path) =>
  import(pathToFileURL(join(dist, 'src', ...path)).href).catch(() => {
    throw new Error('there is no dist/: run `npm run build` first')
  })

/** Stores a token in the folder `home` for a platform that `auth-server.mjs` describes. */
export async function storeSignIn(home, { provider, region, origin, account }, { expiresAt }) {
  const { fileStore } = await load('store', 'file-store.js')
  const { AccessToken, Secret } = await load('secrets.js')
  await fileStore(join(home, 'profiles'), (problem) => process.stderr.write(`${problem}\n`)).write({
    provider,
    region,
    origin,
    account,
    savedAt: Date.now(),
    session: {
      accessToken: new AccessToken(`stored-${'x'.repeat(800)}`, expiresAt),
      refreshToken: new Secret('a-refresh-token-good-for-one-use'),
      subject: 'ana@example.com',
      tenants: ['12345'],
    },
  })
}

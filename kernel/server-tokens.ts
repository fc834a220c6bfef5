import { rememberSecret } from '../src/secrets.js'

/** What hubs, gateways and servers of Jupyter's let each other in with; kernels inherit it from them. */
const names = [
  'JUPYTERHUB_API_TOKEN',
  'JPY_API_TOKEN',
  'JUPYTERHUB_CRYPT_KEY',
  'CONFIGPROXY_AUTH_TOKEN',
  'JUPYTER_TOKEN',
  'KG_AUTH_TOKEN',
  'EG_AUTH_TOKEN',
] as const

/** Makes the tokens of the servers around a kernel known to its output filter: a printed environment shows none. */
export function rememberServerTokens(env: NodeJS.ProcessEnv = process.env): void {
  for (const name of names) {
    const value = env[name]
    if (value !== undefined) rememberSecret(value, 'access token')
  }
}

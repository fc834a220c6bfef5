import { XdrError } from '../errors.js'
import { plain } from '../text.js'
import { ownProvidersFile, readOwnProviders } from './own.js'
import type { Provider } from './provider.js'
import { shipped } from './shipped.js'
import { threatSwitch } from './threat-switch.js'
import { variablePrefix } from './variables.js'

const threatSwitchName = 'threat-switch'

/**
 * The platform of a name: shipped, or a person's own in `providers.json`, which wins.
 *
 * @throws XdrError `XDR_BAD_OPTION` with every known name, or with what is wrong in the file
 */
export function findProvider(name: string, env: NodeJS.ProcessEnv = process.env): Provider {
  const own = readOwnProviders(env)
  const find = (wanted: string, passed: readonly string[]): Provider => {
    if (passed.includes(wanted)) {
      throw new XdrError(
        'XDR_BAD_OPTION',
        `${[...passed, wanted].join(' → ')}: a token cannot come from itself`,
        {
          hint: `correct source in ${ownProvidersFile(env)}`,
        },
      )
    }
    const found =
      own.get(wanted, (source) => find(source, [...passed, wanted])) ??
      shipped.find((provider) => provider.name === wanted) ??
      (wanted === threatSwitchName ? threatSwitchOf(env) : undefined)
    if (found !== undefined) return found
    throw new XdrError('XDR_BAD_OPTION', `no platform is named "${plain(wanted, 40)}"`, {
      hint: `use one of ${providerNames(env).join(', ')}; your own go into ${ownProvidersFile(env)}`,
    })
  }
  return find(name, [])
}

/** Every name that {@link findProvider} knows. */
export function providerNames(env: NodeJS.ProcessEnv = process.env): string[] {
  return [...new Set([...shipped.map(({ name }) => name), threatSwitchName, ...readOwnProviders(env).names])]
}

/** Its addresses are each customer's own. */
function threatSwitchOf(env: NodeJS.ProcessEnv): Provider {
  const prefix = variablePrefix(threatSwitchName)
  const { [`${prefix}_TOKEN_URL`]: tokenUrl, [`${prefix}_API`]: api } = env
  if (tokenUrl && api) return threatSwitch({ tokenUrl, api })
  throw new XdrError('XDR_BAD_OPTION', 'ThreatSwitch has no address that is good for everybody', {
    hint: `set ${prefix}_TOKEN_URL and ${prefix}_API, or write { "${threatSwitchName}": { "kind": "threatSwitch", "tokenUrl": …, "api": … } } into ${ownProvidersFile(env)}`,
  })
}

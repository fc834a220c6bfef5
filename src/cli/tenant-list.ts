import { readTenants, type TenantId } from '../client/tenants.js'
import { XdrError } from '../errors.js'
import { plain } from '../text.js'
import { readText } from './read-text.js'

/** Which tenants a run is for; `all` those that the sign-in may see. */
export interface TenantChoice {
  tenants?: string
  tenantsFile?: string
}

/**
 * The tenants of `--tenants` and `--tenants-file`, each once.
 *
 * @returns `all`, or a list
 * @throws XdrError `XDR_BAD_OPTION`
 */
export async function readTenantChoice({ tenants, tenantsFile }: TenantChoice): Promise<'all' | TenantId[]> {
  if (tenants !== undefined && tenantsFile !== undefined) {
    throw new XdrError('XDR_BAD_OPTION', '--tenants and --tenants-file each name the tenants', {
      hint: 'leave one of them out',
    })
  }
  if (tenants?.trim() === 'all') return 'all'
  const lines =
    tenants?.split(',').map((id) => ({ id: id.trim() })) ??
    linesOf(readText(tenantsFile ?? '', plain(tenantsFile, 200)))
  const found = await readTenants(lines.filter(({ id }) => id !== ''))
  if (found.length > 0) return found
  throw new XdrError('XDR_BAD_OPTION', 'there is no tenant in the list', {
    hint:
      tenants === undefined
        ? 'write one id per line, with a name after a comma if you like'
        : 'for example --tenants 50530,50531, or all',
  })
}

/** `id` or `id,name` in each line; `#` begins a comment. */
function linesOf(text: string): { id: string; name?: string }[] {
  return text.split('\n').map((line) => {
    const [id = '', ...rest] = line
      .replace(/^\ufeff/, '')
      .replace(/#.*$/, '')
      .split(',')
    const name = rest.join(',').trim()
    return { id: id.trim(), ...(name === '' ? {} : { name }) }
  })
}

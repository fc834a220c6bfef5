import type { ParameterOptions } from './run-parameter-options.js'
import type { TenantChoice } from './tenant-list.js'

/** The options of `xdrlab run`, as the command line gives them. */
export interface RunCommandOptions extends ParameterOptions, TenantChoice {
  /** With several tenants a folder. */
  output?: string
  provider?: string
  region?: string
  tenant?: string
  concurrency?: number
  sandbox?: boolean
  approve?: boolean
  unattended?: boolean
  /** Seconds. */
  timeout?: number
  /** Seconds. */
  totalTimeout?: number
  onError?: 'stop' | 'continue'
  /** `false`: a line for each cell. */
  stream?: boolean
  quiet?: boolean
  json?: boolean
}

/** What a run may take and do, as the runner has it. */
export function limitsOf({ timeout, totalTimeout, onError }: RunCommandOptions) {
  return {
    ...(timeout === undefined ? {} : { cellTimeoutMs: Math.ceil(timeout * 1000) }),
    ...(totalTimeout === undefined ? {} : { totalTimeoutMs: Math.ceil(totalTimeout * 1000) }),
    ...(onError === undefined ? {} : { onError }),
  }
}

/** What `connect` takes in a cell that names none, and that nobody is there where that is so. */
export function environmentOf({
  provider,
  region,
  tenant,
  unattended,
}: RunCommandOptions): NodeJS.ProcessEnv {
  return {
    ...(provider === undefined ? {} : { XDRLAB_PROVIDER: provider }),
    ...(region === undefined ? {} : { XDRLAB_REGION: region }),
    ...(tenant === undefined ? {} : { XDRLAB_TENANT: tenant }),
    ...(unattended === true ? { XDRLAB_UNATTENDED: '1' } : {}),
  }
}

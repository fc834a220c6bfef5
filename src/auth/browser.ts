import { existsSync } from 'node:fs'

/** Set by places where a browser would open on a machine that nobody sits at. */
const remoteMarks = [
  'SSH_CONNECTION',
  'SSH_TTY',
  'JUPYTERHUB_USER',
  // A kernel gateway, and what a front end tells one of the person in front of it.
  'KERNEL_GATEWAY',
  'KERNEL_USERNAME',
  'CODESPACES',
  'REMOTE_CONTAINERS',
  'GITPOD_WORKSPACE_ID',
  'KUBERNETES_SERVICE_HOST',
  'CI',
]

/**
 * Why no browser is opened here, as a half sentence; `undefined` where one is. Decided before trying, because `open`
 * reports success even where no browser exists.
 *
 * @param isContainer whether this process runs in a container
 */
export function browserObstacle(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  isContainer: boolean = existsSync('/.dockerenv') || existsSync('/run/.containerenv'),
): string | undefined {
  for (const name of ['XDRLAB_BROWSER', 'BROWSER']) if (env[name] === 'none') return `${name}=none`
  const mark = remoteMarks.find((name) => env[name])
  if (mark !== undefined) return `${mark} is set`
  if (platform === 'win32' || platform === 'darwin') return undefined
  if (isContainer) return 'this is a container'
  return env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME ? undefined : 'there is no display'
}

/** Whether a browser is opened here. */
export function canOpenBrowser(...where: Parameters<typeof browserObstacle>): boolean {
  return browserObstacle(...where) === undefined
}

/** Opens the person's browser where there is one; the address is on the screen in any case. */
export async function openBrowser(url: string): Promise<boolean> {
  if (!canOpenBrowser()) return false
  try {
    const { default: open } = await import('open')
    const child = await open(url)
    child.on('error', () => {})
    return true
  } catch {
    return false
  }
}

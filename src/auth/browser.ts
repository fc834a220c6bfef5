import { existsSync } from 'node:fs'

/** Set by places where a browser would open on a machine that nobody sits at. */
const remoteMarks = [
  'SSH_CONNECTION',
  'SSH_TTY',
  'JUPYTERHUB_USER',
  'CODESPACES',
  'REMOTE_CONTAINERS',
  'KUBERNETES_SERVICE_HOST',
  'CI',
]

/**
 * Decides before trying, because `open` reports success even where no browser exists.
 *
 * @param isContainer whether this process runs in a container
 */
export function canOpenBrowser(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  isContainer: boolean = existsSync('/.dockerenv') || existsSync('/run/.containerenv'),
): boolean {
  if (env.XDRLAB_BROWSER === 'none' || env.BROWSER === 'none') return false
  if (remoteMarks.some((name) => env[name])) return false
  if (platform === 'win32' || platform === 'darwin') return true
  return !isContainer && Boolean(env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME)
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

import { expect, test } from 'vitest'
import { canOpenBrowser } from '../../src/auth/browser.js'

const places: {
  name: string
  env: NodeJS.ProcessEnv
  platform?: NodeJS.Platform
  container?: boolean
  opens: boolean
}[] = [
  { name: 'a desktop with X', env: { DISPLAY: ':0' }, opens: true },
  { name: 'a desktop with Wayland', env: { WAYLAND_DISPLAY: 'wayland-0' }, opens: true },
  { name: 'Windows Subsystem for Linux', env: { WSL_DISTRO_NAME: 'Debian' }, opens: true },
  { name: 'a Mac', env: {}, platform: 'darwin', opens: true },
  { name: 'Windows', env: {}, platform: 'win32', opens: true },
  { name: 'Linux without a display', env: {}, opens: false },
  { name: 'a container with a forwarded display', env: { DISPLAY: ':0' }, container: true, opens: false },
  {
    name: 'an SSH session with a forwarded display',
    env: { DISPLAY: ':10', SSH_CONNECTION: '10.0.0.1' },
    opens: false,
  },
  { name: 'SSH to a Mac', env: { SSH_TTY: '/dev/ttys1' }, platform: 'darwin', opens: false },
  { name: 'JupyterHub', env: { DISPLAY: ':0', JUPYTERHUB_USER: 'ana' }, opens: false },
  { name: 'a kernel gateway', env: { DISPLAY: ':0', KERNEL_GATEWAY: '1' }, opens: false },
  { name: 'a gateway for a person', env: { KERNEL_USERNAME: 'ana' }, platform: 'darwin', opens: false },
  { name: 'Gitpod', env: { DISPLAY: ':0', GITPOD_WORKSPACE_ID: 'blue-1' }, opens: false },
  { name: 'Codespaces', env: { DISPLAY: ':0', CODESPACES: 'true' }, opens: false },
  { name: 'Kubernetes', env: { DISPLAY: ':0', KUBERNETES_SERVICE_HOST: '10.0.0.1' }, opens: false },
  { name: 'CI', env: { DISPLAY: ':0', CI: 'true' }, opens: false },
  { name: 'BROWSER=none', env: { BROWSER: 'none' }, platform: 'darwin', opens: false },
  { name: 'XDRLAB_BROWSER=none', env: { XDRLAB_BROWSER: 'none' }, platform: 'win32', opens: false },
]

test.for(places)('$name: a browser is opened: $opens', ({ env, platform, container, opens }) => {
  expect(canOpenBrowser(env, platform ?? 'linux', container ?? false)).toBe(opens)
})

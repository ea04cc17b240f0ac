/**
 * Measures what an installation of the package brings along, from the lockfile and what is installed here, and writes it into
 * clientele/README.md: node tools/measure-install.ts
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { argv } from 'node:process'

const ROOT = join(import.meta.dirname, '..')
export const PACKAGE_README = join(ROOT, 'clientele/README.md')
const BEGIN = '<!-- measured by tools/measure-install.ts -->'
const END = '<!-- end of what was measured -->'

export interface Measured {
  /** Packages beside `clientele` itself. */
  readonly packages: number
  readonly megabytes: number
}

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

interface Lockfile {
  readonly packages: Readonly<Record<string, Locked>>
}

/** The packages that npm installs on this machine for `dependencies` of `clientele`: all of them, or those of `names` alone. */
export function measureInstall(names?: readonly string[]): Measured {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lockfile
  const places = new Set<string>()
  const visit = (from: string, only?: readonly string[]) => {
    for (const name of neededBy(packages[from]!)) {
      if (only && !only.includes(name)) continue
      const place = findPlace(from, name, packages)
      // What is for another system is in the lockfile, and not on the disk.
      if (place === undefined || places.has(place) || !existsSync(join(ROOT, place))) continue
      places.add(place)
      visit(place)
    }
  }
  visit('clientele', names)
  const bytes = [...places].map((place) => bytesIn(join(ROOT, place))).reduce((sum, each) => sum + each, 0)
  return { packages: places.size, megabytes: Math.round(bytes / 100_000) / 10 }
}

/** npm installs the peers of a package too, unless they are optional. */
function neededBy({
  dependencies,
  optionalDependencies,
  peerDependencies = {},
  peerDependenciesMeta,
}: Locked) {
  const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta?.[name]?.optional)
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]
}

/** As Node looks packages up: in the folder of whoever asks, then above. */
function findPlace(from: string, name: string, packages: Lockfile['packages']): string | undefined {
  for (let folder = from; ; folder = folder.replace(/\/?(?:node_modules\/(?:@[^/]+\/)?)?[^/]+$/, '')) {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    if (packages[place] !== undefined) return place
    if (folder === '') return undefined
  }
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules')
    .map((entry) =>
      entry.isDirectory() ? bytesIn(join(folder, entry.name)) : statSync(join(folder, entry.name)).size,
    )
    .reduce((sum, each) => sum + each, 0)
}

/** The dependencies that the library's doors load: `clientele/server` and the stores of a database aside. */
export const LIBRARY: readonly string[] = ['ajv', 'hono', 'ipaddr.js', 'jose', 're2js', 'tldts', 'zod']

export function renderMeasured(): string {
  const row = (what: string, { packages, megabytes }: Measured) =>
    `| ${what} | ${packages} | ${Math.round(megabytes)} MB |`
  const { optionalDependencies } = JSON.parse(
    readFileSync(join(ROOT, 'clientele/package.json'), 'utf8'),
  ) as Locked
  const alone = optionalDependencies
    ? '`npm install clientele --omit=optional`, for the library alone'
    : 'of these, what the library loads'
  return [
    BEGIN,
    '',
    '| | packages beside this one | their size |',
    '| --- | --- | --- |',
    row('`npm install clientele`, with the server and its stores', measureInstall()),
    row(alone, measureInstall(LIBRARY)),
    '',
    END,
  ].join('\n')
}

/** The figures of the README. */
export function readMeasured(readme: string): readonly Measured[] {
  return [...readme.matchAll(/\| (\d+) \| (\d+) MB \|/g)].map(([, packages, megabytes]) => ({
    packages: Number(packages),
    megabytes: Number(megabytes),
  }))
}

if (argv[1] === import.meta.filename) {
  const readme = readFileSync(PACKAGE_README, 'utf8')
  const [before, , after] = readme.split(new RegExp(`(${BEGIN}[\\s\\S]*${END})`))
  writeFileSync(PACKAGE_README, before + renderMeasured() + after)
}

/**
 * Writes docs/reference/public-api.md: all that the doors of the package show, and every declaration that it leads to, so that a
 * change of the public surface is seen in review: node tools/generate-public-api.ts
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv } from 'node:process'
import { type Declaration, type Declarations, readDeclarations } from './read-declarations.ts'

const ROOT = join(import.meta.dirname, '..')
export const PUBLIC_API = join(ROOT, 'docs/reference/public-api.md')

export interface Door {
  /** As it is imported: `clientele/gates`. */
  readonly name: string
  /** Its declarations, below the build. */
  readonly file: string
}

export function findDoors(): readonly Door[] {
  const text = readFileSync(join(ROOT, 'clientele/package.json'), 'utf8')
  const { exports } = JSON.parse(text) as { exports: Record<string, { types: string } | string> }
  return Object.entries(exports).flatMap(([path, target]) =>
    typeof target === 'string'
      ? []
      : [{ name: `clientele${path.slice(1)}`, file: target.types.replace('./dist/', '') }],
  )
}

/** The report for a build in `folder`. */
export function renderPublicApi(folder: string): string {
  const declarations = readDeclarations(folder)
  const doors = findDoors().map((door) => ({ ...door, shown: declarations.exportsOf(door.file) }))
  const shown = doors.flatMap((door) => [...door.shown.values()].flat())
  return [
    '# What the package shows',
    '',
    'Made from the declarations of the build by `tools/generate-public-api.ts`; the comments are in the sources. What is listed as led',
    'to is no door’s own, but types that the doors show are made of it: a change there is a change of the public surface too.',
    '',
    ...doors.flatMap((door) => [
      `## ${door.name}`,
      '',
      ...[...door.shown]
        .sort(byName)
        .flatMap(([name, found]) => [`- \`${name}\` (\`${found[0]?.file ?? '?'}\`)`]),
      '',
    ]),
    '## The declarations',
    '',
    ...renderAll(unique(shown)),
    '## Led to',
    '',
    ...renderAll(findLedTo(shown, declarations)),
  ].join('\n')
}

function findLedTo(from: readonly Declaration[], declarations: Declarations): readonly Declaration[] {
  const seen = new Set(from.map(identify))
  const found: Declaration[] = []
  const queue = [...from]
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const mentioned of declarations.mentionedBy(next)) {
      if (seen.has(identify(mentioned))) continue
      seen.add(identify(mentioned))
      found.push(mentioned)
      queue.push(mentioned)
    }
  }
  return found
}

function renderAll(all: readonly Declaration[]): readonly string[] {
  const files = [...new Set(all.map(({ file }) => file))].sort()
  return files.flatMap((file) => {
    const inFile = all.filter((each) => each.file === file)
    const texts = inFile.sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ text }) => tidy(text))
    return [`### ${file}`, '', '```ts', ...texts, '```', '']
  })
}

/** Without comments: a better sentence is no change of the surface. */
function tidy(text: string): string {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*\n/gm, '')
    .trim()
}

function unique(all: readonly Declaration[]): readonly Declaration[] {
  return [...new Map(all.map((each) => [identify(each), each])).values()]
}

/** Of overloads each counts. */
function identify({ file, name, text }: Declaration): string {
  return JSON.stringify([file, name, text])
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}

if (argv[1] === import.meta.filename) {
  if (argv.length > 2) throw new Error(`it takes no arguments, and writes ${PUBLIC_API}`)
  const folder = mkdtempSync(join(tmpdir(), 'clientele-declarations-'))
  try {
    const options = ['-p', 'clientele/tsconfig.build.json', '--emitDeclarationOnly', '--outDir', folder]
    execFileSync(join(ROOT, 'node_modules/.bin/tsc'), options, { cwd: ROOT, stdio: 'inherit' })
    writeFileSync(PUBLIC_API, renderPublicApi(folder))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

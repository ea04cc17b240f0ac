/** How long from the command to the first registration, and how much memory it then takes to do nothing. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { CLIENTELE, type Contestant, floor, OIDC_PROVIDER, type Sizes } from './contestant.ts'
import { median } from './median.ts'
import { start } from './running.ts'
import { renderTable } from './table.ts'

export interface ColdStart {
  readonly program: string
  /** Milliseconds on an empty folder: database and keys are made, and nothing that was compiled is kept from before. */
  readonly coldest: number
  /** Milliseconds on an empty folder, of a program that has run before. */
  readonly first: number
  /** Milliseconds on a folder that is in use since. */
  readonly again: number
  /** Resident memory, MiB, when it has been idle for a while. */
  readonly idleMebibytes: number
}

const IDLE_MILLISECONDS = 2_000
/** The most that a start may take, of Clientele on SQLite. */
const MOST_MILLISECONDS = 1_000
const REPOSITORY = join(import.meta.dirname, '../..')

export async function measureColdStarts(
  sizes: Sizes,
  rounds: number,
  folder: string,
): Promise<readonly ColdStart[]> {
  const programs: readonly (readonly [string, Contestant])[] = [
    ['floor', floor(sizes)],
    ['oidc-provider', OIDC_PROVIDER],
    ['clientele, installed', installed(folder)],
    ['clientele, from its sources', CLIENTELE],
  ]
  const samples = programs.map(([program, contestant]) => ({
    program,
    contestant,
    coldest: [] as number[],
    first: [] as number[],
    again: [] as number[],
    idle: [] as number[],
  }))
  for (let round = 0; round < rounds; round++) {
    for (const { program, contestant, coldest, first, again, idle } of samples) {
      const place = (kind: string) => join(folder, `${program.replaceAll(/\W+/g, '-')}-${kind}-${round}`)
      const compiling = await start(contestant, place('coldest'), {
        environment: { NODE_DISABLE_COMPILE_CACHE: '1' },
      })
      coldest.push(compiling.startMilliseconds)
      await compiling.kill()
      // What was compiled is kept when a program ends in peace.
      if (round === 0) await (await start(contestant, place('compiled'))).stop()
      const fresh = await start(contestant, place('first'))
      first.push(fresh.startMilliseconds)
      await fresh.stop()
      const used = await start(contestant, place('first'))
      again.push(used.startMilliseconds)
      await wait(IDLE_MILLISECONDS)
      idle.push(used.memoryMebibytes())
      await used.stop()
    }
  }
  return samples.map(({ program, coldest, first, again, idle }) => {
    const figures = { coldest: median(coldest), first: median(first), again: median(again) }
    return { program, ...figures, idleMebibytes: median(idle) }
  })
}

export function renderColdStarts(starts: readonly ColdStart[]): string {
  const head = [
    'program',
    'nothing compiled, empty folder, ms',
    'empty folder, ms',
    'later start, ms',
    `below ${MOST_MILLISECONDS} ms`,
    'idle memory, MiB',
  ]
  const lines = starts.map((start) => {
    const { program, coldest, first, again, idleMebibytes } = start
    const [a, b, c, memory] = [coldest, first, again, idleMebibytes].map((figure) => `${Math.round(figure)}`)
    return [program, a!, b!, c!, isOurs(start) ? (isQuick(start) ? 'reached' : 'not reached') : '', memory!]
  })
  return renderTable(head, lines)
}

export function isOurs({ program }: ColdStart): boolean {
  return program.startsWith(CLIENTELE.name)
}

/** Whether even the slowest kind of start was quick enough. */
export function isQuick({ coldest, first, again }: ColdStart): boolean {
  return Math.max(coldest, first, again) < MOST_MILLISECONDS
}

/** The product as npm installs it: the build, without the sources. Its dependencies are the workspace's. */
function installed(folder: string): Contestant {
  const home = join(folder, 'installed')
  mkdirSync(home)
  const product = join(REPOSITORY, 'clientele')
  for (const name of ['bin', 'package.json'])
    cpSync(join(product, name), join(home, name), { recursive: true })
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
  const build = ['-p', join(product, 'tsconfig.build.json'), '--outDir', join(home, 'dist')]
  execFileSync(process.execPath, [tsc, ...build], { stdio: 'inherit' })
  symlinkSync(join(REPOSITORY, 'node_modules'), join(home, 'node_modules'))
  return {
    ...CLIENTELE,
    command: (place) => [join(home, 'bin/clientele.js'), ...CLIENTELE.command(place).slice(1)],
  }
}

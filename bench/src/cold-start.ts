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
  readonly first: number
  /** Milliseconds on a folder that is in use since. */
  readonly again: number
  /** Resident memory, MiB, when it has been idle for a while. */
  readonly idleMebibytes: number
}

const IDLE_MILLISECONDS = 2_000
/** The most that the first start may take, of Clientele on SQLite. */
export const MOST_MILLISECONDS = 1_000
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
    first: [] as number[],
    again: [] as number[],
    idle: [] as number[],
  }))
  for (let round = 0; round < rounds; round++) {
    for (const { program, contestant, first, again, idle } of samples) {
      const place = join(folder, `${program.replaceAll(/\W+/g, '-')}-start-${round}`)
      const fresh = await start(contestant, place, { environment: { NODE_DISABLE_COMPILE_CACHE: '1' } })
      first.push(fresh.startMilliseconds)
      await fresh.kill()
      const used = await start(contestant, place)
      again.push(used.startMilliseconds)
      await wait(IDLE_MILLISECONDS)
      idle.push(used.memoryMebibytes())
      await used.kill()
    }
  }
  return samples.map(({ program, first, again, idle }) => {
    return { program, first: median(first), again: median(again), idleMebibytes: median(idle) }
  })
}

export function renderColdStarts(starts: readonly ColdStart[]): string {
  const head = ['program', 'first start to first registration, ms', '', 'later start, ms', 'idle memory, MiB']
  const lines = starts.map(({ program, first, again, idleMebibytes }) => {
    const verdict = first < MOST_MILLISECONDS ? 'reached' : 'not reached'
    const isOurs = program.startsWith(CLIENTELE.name)
    const [one, two, memory] = [first, again, idleMebibytes].map((figure) => String(Math.round(figure)))
    return [program, one!, isOurs ? `below ${MOST_MILLISECONDS}: ${verdict}` : '', two!, memory!]
  })
  return renderTable(head, lines)
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

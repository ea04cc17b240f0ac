/** What a server keeps in memory: idle, and while many clients register. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Contestant, StorageName } from './contestant.ts'
import { type Running, start } from './running.ts'
import { renderTable } from './table.ts'
import { runLoad } from './wrk.ts'

export interface MemorySample {
  readonly storage: StorageName
  /** Registrations that it has answered. */
  readonly registrations: number
  /** MiB after a collection: what is in use, and what the process has of the machine. */
  readonly heap: number
  readonly resident: number
}

/** The load goes on for so long at a time. */
const SECONDS = 4
const IDLE_MILLISECONDS = 2_000
const PROBE = join(import.meta.dirname, 'memory-probe.ts')

export async function measureMemory(
  storage: StorageName,
  contestant: Contestant,
  folder: string,
  registrations: number,
): Promise<readonly MemorySample[]> {
  const file = join(folder, `memory-${storage}.json`)
  const running = await start(contestant, join(folder, `memory-${storage}`), {
    environment: { BENCH_MEMORY: file },
    nodeOptions: ['--expose-gc', '--import', PROBE],
  })
  const samples: MemorySample[] = []
  const sample = async () => {
    await wait(IDLE_MILLISECONDS)
    samples.push({ storage, registrations: running.acknowledged, ...(await probe(running, file)) })
  }
  try {
    await sample()
    let next = registrations / 5
    while (running.acknowledged < registrations) {
      const scriptArguments = [contestant.registrationPath, `${running.acknowledged}`]
      const load = { url: running.url, script: 'register.lua', scriptArguments, connections: 32 }
      const { answers, unexpected } = await runLoad({ ...load, seconds: SECONDS })
      running.acknowledged += answers - unexpected
      if (answers === unexpected) throw new Error('no registration was answered with 201')
      if (running.acknowledged < next) continue
      await sample()
      next = running.acknowledged + registrations / 5
    }
    if (samples.at(-1)!.registrations < running.acknowledged) await sample()
    return samples
  } finally {
    await running.kill()
  }
}

async function probe(running: Running, file: string): Promise<Pick<MemorySample, 'heap' | 'resident'>> {
  rmSync(file, { force: true })
  process.kill(running.pid, 'SIGUSR2')
  while (!existsSync(file)) await wait(10)
  const { rss, heapUsed, external } = JSON.parse(readFileSync(file, 'utf8')) as Record<
    'rss' | 'heapUsed' | 'external',
    number
  >
  return { heap: (heapUsed + external) / 1024 ** 2, resident: rss / 1024 ** 2 }
}

export function renderMemory(samples: readonly MemorySample[]): string {
  return renderTable(
    ['storage', 'registrations', 'in use after a collection, MiB', 'resident, MiB'],
    samples.map(({ storage, registrations, heap, resident }) => {
      return [storage, String(registrations), heap.toFixed(1), resident.toFixed(0)]
    }),
  )
}

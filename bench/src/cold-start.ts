/** How long from the command to the first registration, and how much memory it then takes to do nothing. */
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Contestant, ContestantName } from './contestant.ts'
import { median } from './median.ts'
import { start } from './running.ts'

export interface ColdStart {
  readonly contestant: ContestantName
  /** Milliseconds on an empty folder: database and keys are made. */
  readonly first: number
  /** Milliseconds on a folder that is in use since. */
  readonly again: number
  /** Resident memory, MiB, when it has been idle for a while. */
  readonly idleMebibytes: number
}

const IDLE_MILLISECONDS = 2_000

export async function measureColdStarts(
  contestants: readonly Contestant[],
  rounds: number,
  folder: string,
): Promise<readonly ColdStart[]> {
  const samples = contestants.map((contestant) => ({
    contestant,
    first: [] as number[],
    again: [] as number[],
    idle: [] as number[],
  }))
  for (let round = 0; round < rounds; round++) {
    for (const { contestant, first, again, idle } of samples) {
      const place = join(folder, `${contestant.name}-start-${round}`)
      const fresh = await start(contestant, place)
      first.push(fresh.startMilliseconds)
      await fresh.kill()
      const used = await start(contestant, place)
      again.push(used.startMilliseconds)
      await wait(IDLE_MILLISECONDS)
      idle.push(used.memoryMebibytes())
      await used.kill()
    }
  }
  return samples.map(({ contestant, first, again, idle }) => {
    return {
      contestant: contestant.name,
      first: median(first),
      again: median(again),
      idleMebibytes: median(idle),
    }
  })
}

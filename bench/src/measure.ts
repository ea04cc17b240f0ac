/** One workload, all contestants: warmed up, then measured in interleaved rounds, then killed and counted. */
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Contestant, ContestantName } from './contestant.ts'
import { median } from './median.ts'
import { type Running, start } from './running.ts'
import type { Workload } from './workloads.ts'
import { requestsPerSecond, runLoad } from './wrk.ts'

export interface Plan {
  readonly rounds: number
  readonly seconds: number
  readonly warmUpSeconds: number
}

/** A contestant's medians over all rounds, or why there are none. */
export type Row = Measured | Void

export interface Measured {
  readonly contestant: ContestantName
  readonly requestsPerSecond: number
  /** Microseconds. */
  readonly p50: number
  readonly p99: number
}

export interface Void {
  readonly contestant: ContestantName
  readonly void: string
}

/** Between two rounds, so that what a server does in idle moments is its own time and not its successor's. */
const PAUSE_MILLISECONDS = 700

export async function measure(
  workload: Workload,
  contestants: readonly Contestant[],
  plan: Plan,
  folder: string,
): Promise<readonly Row[]> {
  const entrants: Entrant[] = []
  try {
    for (const contestant of contestants) {
      const running = await start(contestant, join(folder, contestant.name))
      const scriptArguments = await workload.prepare(running)
      entrants.push({ running, scriptArguments, rounds: [], faults: new Set() })
    }
    for (const entrant of entrants) await runRound(entrant, workload, plan.warmUpSeconds)
    for (const entrant of entrants) entrant.rounds.length = 0
    for (let round = 0; round < plan.rounds; round++) {
      for (const entrant of entrants) {
        await wait(PAUSE_MILLISECONDS)
        await runRound(entrant, workload, plan.seconds)
      }
    }
  } finally {
    await Promise.all(entrants.map(({ running }) => running.kill()))
  }
  for (const entrant of entrants) await checkStored(entrant, workload)
  return entrants.map(toRow)
}

interface Entrant {
  readonly running: Running
  readonly scriptArguments: readonly string[]
  readonly rounds: Measured[]
  readonly faults: Set<string>
  /** Loads that were run, the first one included: each ends with requests that are under way. */
  loads?: number
}

async function runRound(entrant: Entrant, workload: Workload, seconds: number): Promise<void> {
  const { running, scriptArguments, rounds, faults } = entrant
  const { script, connections } = workload
  const report = await runLoad({ url: running.url, script, scriptArguments, connections, seconds })
  if (report.unexpected > 0) faults.add(`${report.unexpected} answers had another status than expected`)
  if (report.socketErrors > 0) faults.add(`${report.socketErrors} socket errors or timeouts`)
  entrant.loads = (entrant.loads ?? 0) + 1
  if (workload.registers) running.acknowledged += report.answers - report.unexpected
  rounds.push({
    contestant: running.contestant.name,
    requestsPerSecond: requestsPerSecond(report),
    p50: report.p50,
    p99: report.p99,
  })
}

/**
 * After the kill, the database must hold every client that was acknowledged. When a load ends, wrk hangs up on the
 * requests that are under way, at most one a connection: those may be stored without having been counted as answered.
 */
async function checkStored({ running, faults, loads = 0 }: Entrant, workload: Workload): Promise<void> {
  const { acknowledged, contestant, folder } = running
  const stored = await contestant.countClients(folder)
  const unanswered = workload.registers ? loads * workload.connections : 0
  if (stored < acknowledged) faults.add(`${acknowledged} clients were acknowledged and ${stored} are stored`)
  if (stored > acknowledged + unanswered)
    faults.add(`${stored} clients are stored, of ${acknowledged} acknowledged`)
}

function toRow({ running, rounds, faults }: Entrant): Row {
  const contestant = running.contestant.name
  if (faults.size > 0) return { contestant, void: [...faults].join('; ') }
  const over = (figure: 'requestsPerSecond' | 'p50' | 'p99') => median(rounds.map((round) => round[figure]))
  return { contestant, requestsPerSecond: over('requestsPerSecond'), p50: over('p50'), p99: over('p99') }
}

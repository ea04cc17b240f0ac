/**
 * `npm run bench [-- --quick] [--rounds N] [--seconds N] [--only PART] [--growth] [--clients N,N] [--write]`: measures, prints,
 * with `--write` puts what it prints into the README, and exits 1 when a target is missed.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isOurs, isQuick, measureColdStarts, renderColdStarts } from './cold-start.ts'
import { CLIENTELE, floor, OIDC_PROVIDER, type Sizes } from './contestant.ts'
import { isGrowthBounded, measureGrowth, renderGrowth } from './growth.ts'
import { renderGrowthPlot } from './growth-plot.ts'
import { describeMachine, findObstacle, pinToLoadCore } from './machine.ts'
import { measure } from './measure.ts'
import { measureMemory, renderMemory } from './memory.ts'
import { type Postgres, postgresContestants, startPostgres } from './postgres.ts'
import { writeSection } from './readme.ts'
import { measurePostgresSizes, measureSizes } from './sizes.ts'
import { isReached, type Result, renderResults, renderTargets } from './table.ts'
import { WORKLOADS } from './workloads.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    only: { type: 'string' },
    growth: { type: 'boolean', default: false },
    clients: { type: 'string', default: '1000,100000,1000000' },
    write: { type: 'boolean', default: false },
  },
})

const obstacle = findObstacle()
if (obstacle !== undefined) {
  console.error(obstacle)
  process.exit(1)
}
pinToLoadCore()
// Whoever stops the bench stops what it started, too (`running.ts`, and the server of PostgreSQL).
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const plan = {
  rounds: Number(values.rounds ?? (values.quick ? 3 : 5)),
  seconds: Number(values.seconds ?? (values.quick ? 2 : 3)),
  // Long enough for the compiler to have seen what is hot.
  warmUpSeconds: values.quick ? 3 : 4,
}
const isWanted = (part: string) => values.only === undefined || values.only === part

// Beside the sources, not in /tmp: that may be memory, where a durable commit costs nothing.
const results = join(import.meta.dirname, '..', 'results')
mkdirSync(results, { recursive: true })
const folder = mkdtempSync(join(results, 'run-'))
let missed = false
let postgres: Postgres | undefined
try {
  postgres = await startPostgres(folder)
  const machine = [...describeMachine(folder), `PostgreSQL ${postgres.version} with its standard settings`]
  if (values.growth) await measureAndShowGrowth(machine, postgres)
  else await measureAndShow(machine, postgres)
} finally {
  await postgres?.remove()
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = missed ? 1 : 0

async function measureAndShow(machine: readonly string[], database: Postgres): Promise<void> {
  const sizes = await measureSizes(folder)
  const onPostgres = await measurePostgresSizes(database, folder, sizes)
  await measureSpeed(machine, database, sizes, onPostgres)
  if (isWanted('start')) {
    console.error('cold starts')
    const starts = await measureColdStarts(sizes, plan.rounds, folder)
    missed ||= starts.some((each) => isOurs(each) && !isQuick(each))
    show('cold start', [renderColdStarts(starts)])
  }
  if (isWanted('memory')) {
    const registrations = values.quick ? 5_000 : 100_000
    console.error(`memory, while ${registrations} clients register`)
    const samples = [
      ...(await measureMemory('SQLite', CLIENTELE, folder, registrations)),
      ...(await measureMemory('PostgreSQL', database.with(CLIENTELE), folder, registrations)),
    ]
    show('memory', [renderMemory(samples)])
  }
}

async function measureSpeed(
  machine: readonly string[],
  database: Postgres,
  sizes: Sizes,
  onPostgres: Sizes,
): Promise<void> {
  const entrants = {
    SQLite: [floor(sizes), OIDC_PROVIDER, CLIENTELE],
    PostgreSQL: postgresContestants(database, onPostgres),
  }
  const measured: Result[] = []
  for (const storage of ['SQLite', 'PostgreSQL'] as const) {
    for (const workload of WORKLOADS) {
      if (workload.targets[storage] === undefined || !isWanted(workload.name)) continue
      const { name, connections } = workload
      console.error(`${storage}: ${name}, ${connections} connections`)
      const place = join(folder, `${storage}-${name}-${connections}`)
      measured.push({ storage, workload, rows: await measure(workload, entrants[storage], plan, place) })
      rmSync(place, { recursive: true })
    }
  }
  if (measured.length === 0) return
  missed ||= !isReached(measured)
  const lengths = (storage: string, { clientRow, clientAnswer }: Sizes) =>
    `${clientRow} bytes on ${storage} and ${clientAnswer} answered`
  const facts = [
    ...machine,
    `${plan.rounds} interleaved rounds of ${plan.seconds} s, medians`,
    `a client: ${lengths('SQLite', sizes)}, ${lengths('PostgreSQL', onPostgres)}; a token: ${sizes.tokenRow} and ${sizes.tokenAnswer}`,
  ]
  show('speed', [list(facts), renderResults(measured), renderTargets(measured)])
}

async function measureAndShowGrowth(machine: readonly string[], database: Postgres): Promise<void> {
  const sizes = values.clients.split(',').map(Number)
  const growth = { sizes, rounds: plan.rounds, seconds: plan.seconds }
  const lines = [
    ...(await measureGrowth('SQLite', growth, folder, undefined)),
    ...(await measureGrowth('PostgreSQL', growth, folder, database)),
  ]
  missed ||= !isGrowthBounded(lines)
  const plot = renderGrowthPlot(lines)
  writeFileSync(join(results, 'growth.svg'), plot)
  if (values.write) writeFileSync(join(results, '..', 'growth.svg'), plot)
  show('growth', [list(machine), renderGrowth(lines)])
}

function list(facts: readonly string[]): string {
  return facts.map((fact) => `- ${fact}`).join('\n')
}

/** Prints a section, and puts it into the README where that is wanted and it is whole. */
function show(section: string, parts: readonly string[]): void {
  const markdown = parts.join('\n\n')
  console.log(`\n${markdown}`)
  if (values.write && (section !== 'speed' || values.only === undefined)) writeSection(section, markdown)
}

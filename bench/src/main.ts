/** `npm run bench [-- --quick] [--rounds N] [--seconds N] [--only NAME]`: measures, prints, and exits 1 when a target is missed. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { measureColdStarts } from './cold-start.ts'
import { CLIENTELE, floor, OIDC_PROVIDER } from './contestant.ts'
import { describeMachine, findObstacle } from './machine.ts'
import { measure } from './measure.ts'
import { measureSizes } from './sizes.ts'
import { isReached, type Result, renderColdStarts, renderResults, renderTargets } from './table.ts'
import { WORKLOADS } from './workloads.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    only: { type: 'string' },
  },
})

const obstacle = findObstacle()
if (obstacle !== undefined) {
  console.error(obstacle)
  process.exit(1)
}

const plan = {
  rounds: Number(values.rounds ?? (values.quick ? 3 : 7)),
  seconds: Number(values.seconds ?? (values.quick ? 2 : 5)),
  // Long enough for the compiler to have seen what is hot.
  warmUpSeconds: values.quick ? 3 : 5,
}
const workloads = WORKLOADS.filter(({ name }) => values.only === undefined || values.only === name)

// Beside the sources, not in /tmp: that may be memory, where a durable commit costs nothing.
const results = join(import.meta.dirname, '..', 'results')
mkdirSync(results, { recursive: true })
const folder = mkdtempSync(join(results, 'run-'))

const machine = describeMachine(folder)
const sizes = await measureSizes(folder)
const contestants = [floor(sizes), OIDC_PROVIDER, CLIENTELE]
const measured: Result[] = []
for (const workload of workloads) {
  console.error(
    `${workload.name}, ${workload.connections} connections: ${plan.rounds} rounds of ${plan.seconds} s each`,
  )
  const place = join(folder, `${workload.name}-${workload.connections}`)
  measured.push({ workload, rows: await measure(workload, contestants, plan, place) })
  rmSync(place, { recursive: true })
}
const starts = values.only === undefined ? await measureColdStarts(contestants, plan.rounds, folder) : []
rmSync(folder, { recursive: true })

console.log([...machine, `${plan.rounds} interleaved rounds of ${plan.seconds} s, medians`].join('\n'))
console.log(
  `a client: ${sizes.clientRow} bytes stored, ${sizes.clientAnswer} answered; a token: ${sizes.tokenRow} and ${sizes.tokenAnswer}`,
)
console.log(`\n${renderResults(measured)}\n\n${renderTargets(measured)}`)
if (starts.length > 0) console.log(`\n${renderColdStarts(starts)}`)
process.exitCode = isReached(measured) ? 0 : 1

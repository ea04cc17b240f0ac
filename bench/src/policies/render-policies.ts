/** The figures of policies as Markdown. */
import type { PolicyFigures } from './measure-policies.ts'

export function renderPolicies(
  { timings, rules, judging, registration, targets }: PolicyFigures,
  machine: readonly string[],
): string {
  const rows = timings.map(
    ({ what, median, p99, calls }) =>
      `| ${what} | ${microseconds(median)} | ${microseconds(p99)} | ${calls} |`,
  )
  const reached = targets.map(({ what, most, measured }) => {
    const verdict = measured < most ? 'reached' : 'not reached'
    return `| ${what} | ${most} | ${microseconds(measured)} | ${verdict} |`
  })
  return [
    ...machine.map((line) => `- ${line}`),
    `- the large policy has ${rules} rules in its two rounds`,
    '',
    '| one call | median µs | p99 µs | calls |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    '| target, of the rules alone | less than µs | median |  |',
    '| --- | --- | --- | --- |',
    ...reached,
    '',
    `Judging takes ${times(judging)} as long under the default policy as with no rules at all, and a registration, of which`,
    `nothing is stored here, ${times(registration)}.`,
  ].join('\n')
}

/** Whether every target was reached. */
export function isPolicyTargetReached({ targets }: PolicyFigures): boolean {
  return targets.every(({ most, measured }) => measured < most)
}

function microseconds(value: number): string {
  return value < 100 ? value.toFixed(1) : String(Math.round(value))
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)} times`
}

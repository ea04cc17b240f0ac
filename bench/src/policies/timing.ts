/** How long one call takes, warm: median and 99th percentile over many. */

export interface Timing {
  readonly what: string
  readonly median: number
  readonly p99: number
  readonly calls: number
}

export interface Timed {
  readonly what: string
  /** Makes a request that nobody has seen before, so that nothing is remembered of it; what is returned is timed. */
  readonly prepare: () => () => Promise<unknown>
}

/**
 * Microseconds for a call of each, in turns of a few: what else the machine does meanwhile, and what the collector has to do,
 * falls on all of them alike.
 */
export async function timeAll(timed: readonly Timed[], calls: number): Promise<readonly Timing[]> {
  for (const { prepare } of timed) for (let at = 0; at < calls / 5; at++) await prepare()()
  const samples = timed.map(() => [] as number[])
  for (let turn = 0; turn < calls / TURN; turn++) {
    for (const [index, { prepare }] of timed.entries()) {
      for (let at = 0; at < TURN; at++) {
        const call = prepare()
        const begun = performance.now()
        await call()
        samples[index]!.push((performance.now() - begun) * 1000)
      }
    }
  }
  return timed.map(({ what }, index) => {
    const sorted = samples[index]!.sort((a, b) => a - b)
    const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)]!
    return { what, median: at(0.5), p99: at(0.99), calls: sorted.length }
  })
}

const TURN = 100

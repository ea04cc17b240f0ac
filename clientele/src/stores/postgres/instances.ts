import type { Clock } from '../../runtime/clock.ts'
import { nowInSeconds } from '../../runtime/clock.ts'
import { randomText } from '../../runtime/cryptography.ts'
import { INSTANCES } from '../../runtime/time-ordered.ts'
import type { Query } from './line.ts'

/** This process's number among those that share the database (see `runtime/time-ordered.ts`), held until it is released. */
export interface Instance {
  readonly number: number
  release(query: Query): Promise<void>
}

/** A number whose holder was not started or seen for so long is free: nobody runs for ever without being restarted. */
const STALE_SECONDS = 7 * 86_400
const TRIES = 8

/**
 * Claims a free number. Where none is left, one by chance: two processes with one number can make the same key only in the
 * same quarter of a millisecond, and a key that is taken is refused.
 */
export async function claimInstance(
  query: Query,
  schema: string,
  clock: Clock,
  chance: () => number,
): Promise<Instance> {
  const holder = randomText(9)
  const now = nowInSeconds(clock)
  const taken = new Set(
    (
      await query<{ number: number }>(
        `SELECT number FROM ${schema}.instances WHERE claimed_at > ${now - STALE_SECONDS}`,
      )
    ).rows.map((row) => row.number),
  )
  const free = Array.from({ length: INSTANCES }, (_, number) => number).filter((number) => !taken.has(number))
  for (let attempt = 0; attempt < TRIES && free.length > 0; attempt++) {
    const [number] = free.splice(Math.floor(chance() * free.length), 1)
    const { count } = await query(
      {
        name: 'instances_claim',
        text: `INSERT INTO ${schema}.instances (number, holder, claimed_at) VALUES ($1, $2, $3)
               ON CONFLICT (number) DO UPDATE SET holder = excluded.holder, claimed_at = excluded.claimed_at
               WHERE instances.claimed_at <= $4`,
      },
      [number, holder, now, now - STALE_SECONDS],
    )
    if (count === 1) return held(number!)
  }
  return held(Math.floor(chance() * INSTANCES))

  function held(number: number): Instance {
    return {
      number,
      async release(query) {
        const text = `DELETE FROM ${schema}.instances WHERE number = $1 AND holder = $2`
        await query({ name: 'instances_release', text }, [number, holder])
      },
    }
  }
}

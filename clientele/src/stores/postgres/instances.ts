import { randomText } from '../../runtime/cryptography.ts'
import type { EventLoop } from '../../runtime/event-loop.ts'
import { INSTANCES } from '../../runtime/time-ordered.ts'
import { DATABASE_SECONDS } from './database-time.ts'
import type { Line, Query } from './line.ts'

/** This process's number among those that share the database (see `runtime/time-ordered.ts`), held until it is released. */
export interface Instance {
  readonly number: number
  /** Says that it is in use still. */
  renew(query: Query): Promise<void>
  release(query: Query): Promise<void>
}

/** A number whose holder was not heard of for so long is free. */
const STALE_SECONDS = 7 * 86_400
const RENEWAL_MILLISECONDS = 6 * 3_600_000
const TRIES = 8

/**
 * Claims a free number. Where none is left, one by chance: two processes with one number can make the same key only in the
 * same quarter of a millisecond, and a key that is taken is refused, or made anew where we choose it within a transaction.
 */
export async function claimInstance(query: Query, schema: string, chance: () => number): Promise<Instance> {
  const holder = randomText(9)
  const now = DATABASE_SECONDS
  const taken = new Set(
    (
      await query<{ number: number }>(
        `SELECT number FROM ${schema}.instances WHERE claimed_at > ${now} - ${STALE_SECONDS}`,
      )
    ).rows.map((row) => row.number),
  )
  const free = Array.from({ length: INSTANCES }, (_, number) => number).filter((number) => !taken.has(number))
  for (let attempt = 0; attempt < TRIES && free.length > 0; attempt++) {
    const [number] = free.splice(Math.floor(chance() * free.length), 1)
    const { count } = await query(
      {
        name: 'instances_claim',
        text: `INSERT INTO ${schema}.instances (number, holder, claimed_at) VALUES ($1, $2, ${now})
               ON CONFLICT (number) DO UPDATE SET holder = excluded.holder, claimed_at = excluded.claimed_at
               WHERE instances.claimed_at <= ${now} - ${STALE_SECONDS}`,
      },
      [number, holder],
    )
    if (count === 1) return held(number!)
  }
  return held(Math.floor(chance() * INSTANCES))

  function held(number: number): Instance {
    return {
      number,
      async renew(query) {
        const text = `UPDATE ${schema}.instances SET claimed_at = ${now} WHERE number = $1 AND holder = $2`
        await query({ name: 'instances_renew', text }, [number, holder])
      },
      async release(query) {
        const text = `DELETE FROM ${schema}.instances WHERE number = $1 AND holder = $2`
        await query({ name: 'instances_release', text }, [number, holder])
      },
    }
  }
}

/** Renews the claim for as long as the process runs, until the returned function is called. */
export function keepInstance(instance: Instance, line: Line, loop: EventLoop): () => void {
  let cancel = plan()
  let isOver = false
  function plan() {
    return loop.later(async () => {
      try {
        await instance.renew((await line.open()).query)
      } catch {
        // A database that is away: there are many more tries before the claim is stale.
      }
      if (!isOver) cancel = plan()
    }, RENEWAL_MILLISECONDS)
  }
  return () => {
    isOver = true
    cancel()
  }
}

import type { Log } from '../../runtime/log.ts'
import type { FeedEntry } from '../store.ts'
import { readAudit } from './audit.ts'
import type { Reads } from './reads.ts'

/** A transaction in the feed that has its position. */
export interface FeedRow {
  readonly position: number
  /** In the order of the writing. */
  readonly audit_keys: string
}

/** Where in the feed one audit record stands. */
export interface Place {
  readonly position: number
  readonly index: number
}

export interface ReadEntriesDeps {
  readonly schema: string
  readonly reads: Reads
  readonly log: Pick<Log, 'warn'>
}

/**
 * Reads the audit records of some places. Hosts that register nobody may add to the feed and to the audit trail, so what one of
 * them adds may be anything: a place that has no audit record is skipped, and logged, instead of stopping everybody who reads.
 */
export function createReadEntries({ schema, reads, log }: ReadEntriesDeps) {
  const records = {
    name: 'feed_records',
    text: `SELECT key, record FROM ${schema}.audit WHERE key = ANY($1::bigint[])`,
  }
  /** Up to which position it was said what was skipped: followers come to the same place again and again. */
  let saidUpTo = 0

  return async (places: readonly (Place & { readonly key: number })[]): Promise<readonly FeedEntry[]> => {
    const found = await reads<{ key: number; record: string }>(records, [places.map(({ key }) => key)])
    const texts = new Map(found.map(({ key, record }) => [key, record]))
    return places.flatMap(({ key, position, index }) => {
      const record = readAudit(texts.get(key) ?? '')
      if (record) return [{ position: `${position}-${index}`, record }]
      if (position > saidUpTo)
        log.warn({ position, key }, 'an entry of the feed has no audit record: skipped')
      saidUpTo = Math.max(saidUpTo, position)
      return []
    })
  }
}

/** No audit record has it. */
const NO_KEY = -1

/** One place or more. */
export function placesOf({ position, audit_keys }: FeedRow) {
  return keysOf(audit_keys).map((key, index) => ({ key, position, index }))
}

export function isBehind(place: Place): (other: Place) => boolean {
  return ({ position, index }) => position > place.position || index > place.index
}

/** A place as readers remember it. */
export function parsePlace(text: string): Place {
  const found = /^(\d{1,15})-(\d{1,5})$/.exec(text)
  if (!found) throw new TypeError('this is no position of the feed')
  return { position: Number(found[1]), index: Number(found[2]) }
}

function keysOf(text: string): readonly number[] {
  try {
    const keys = JSON.parse(text) as unknown
    if (Array.isArray(keys) && keys.length > 0 && keys.every(Number.isSafeInteger)) return keys
  } catch {
    // Not written by a store.
  }
  return [NO_KEY]
}

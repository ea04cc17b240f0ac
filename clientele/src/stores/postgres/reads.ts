import type { EventLoop } from '../../runtime/event-loop.ts'
import { StoreUnavailable } from '../store.ts'
import type { Answer, Line, Statement } from './line.ts'
import { meaningOf, toStoreError } from './store-error.ts'

/** Reads. They go out at once, one behind the other on a few connections, and never wait for a write. */
export interface Reads {
  <Row>(statement: Statement, values?: readonly unknown[]): Promise<readonly Row[]>
  /** Refuses everything from now on. */
  close(): void
}

export function createReads(lines: readonly Line[]): Reads {
  let turn = 0
  let closed = false

  async function ask<Row>(statement: Statement, values: readonly unknown[]): Promise<Answer<Row>> {
    const line = lines[turn++ % lines.length]!
    try {
      const query = await line.open()
      return await query<Row>(statement, values)
    } catch (error) {
      if (meaningOf(error) === 'lost') line.drop()
      throw error
    }
  }
  async function read<Row>(statement: Statement, values: readonly unknown[] = []): Promise<readonly Row[]> {
    if (closed) throw new StoreUnavailable('the store is closed')
    try {
      return (await ask<Row>(statement, values)).rows
    } catch (error) {
      if (closed || meaningOf(error) !== 'lost') throw toStoreError(error)
    }
    // A read changes nothing, so one that was lost is asked again.
    try {
      return (await ask<Row>(statement, values)).rows
    } catch (error) {
      throw toStoreError(error)
    }
  }
  return Object.assign(read, {
    close() {
      closed = true
    },
  })
}

/**
 * Looks up rows by key, all that are asked for in one turn of the event loop in one statement. The statement takes an array
 * of keys and brings back rows with a `key`.
 */
export function createLookUp<Row extends { readonly key: string | number }>(
  reads: Reads,
  statement: Statement,
  loop: EventLoop,
): (key: string | number) => Promise<Row | undefined> {
  let turn:
    | { readonly keys: Set<string | number>; readonly found: Promise<Map<string | number, Row>> }
    | undefined

  function startTurn() {
    const keys = new Set<string | number>()
    const found = new Promise<void>((resolve) => loop.atEndOfTurn(resolve)).then(async () => {
      turn = undefined
      const rows = await reads<Row>(statement, [[...keys]])
      return new Map(rows.map((row) => [row.key, row]))
    })
    return { keys, found }
  }
  return async (key) => {
    turn ??= startTurn()
    turn.keys.add(key)
    return (await turn.found).get(key)
  }
}

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

export interface ReadsDeps {
  readonly lines: readonly Line[]
  readonly loop: EventLoop
  /** What a read may take with everything: the connection, those before it on the same one, a second try. */
  readonly milliseconds: number
}

/** How long a caller waits for one read. */
interface Patience {
  isOver: boolean
  /** Drops the connection on which it waits. */
  drop?: () => void
}

export function createReads({ lines, loop, milliseconds }: ReadsDeps): Reads {
  let turn = 0
  let closed = false

  async function ask<Row>(
    line: Line,
    statement: Statement,
    values: readonly unknown[],
    patience: Patience,
  ): Promise<Answer<Row>> {
    const connection = await line.open()
    // Whoever comes later shall not wait behind an answer that is overdue.
    patience.drop = () => connection.drop()
    try {
      return await connection.query<Row>(statement, values)
    } catch (error) {
      if (meaningOf(error) === 'lost') connection.drop()
      throw error
    }
  }
  async function askTwice<Row>(
    statement: Statement,
    values: readonly unknown[],
    patience: Patience,
  ): Promise<readonly Row[]> {
    const line = lines[turn++ % lines.length]!
    try {
      return (await ask<Row>(line, statement, values, patience)).rows
    } catch (error) {
      if (closed || patience.isOver || meaningOf(error) !== 'lost') throw error
    }
    // A read changes nothing, so one that was lost is asked again: on this line, where the connection is a new one now. What
    // cut it may have cut the others too.
    return (await ask<Row>(line, statement, values, patience)).rows
  }
  async function read<Row>(statement: Statement, values: readonly unknown[] = []): Promise<readonly Row[]> {
    if (closed) throw new StoreUnavailable('the store is closed')
    const patience: Patience = { isOver: false }
    let cancel = () => {}
    const late = new Promise<never>((_, reject) => {
      cancel = loop.later(() => {
        patience.isOver = true
        patience.drop?.()
        reject(new StoreUnavailable('a read took too long'))
      }, milliseconds)
    })
    try {
      return await Promise.race([askTwice<Row>(statement, values, patience), late])
    } catch (error) {
      throw toStoreError(error)
    } finally {
      cancel()
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

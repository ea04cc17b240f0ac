import pg from 'pg'

/** One statement of ours. It is named, so that a connection parses and plans it once. */
export interface Statement {
  readonly name: string
  readonly text: string
}

/** What a statement brought back. */
export interface Answer<Row> {
  readonly rows: readonly Row[]
  /** Rows that were read, or written. */
  readonly count: number
  readonly command: string
}

/** Sends a statement behind those that were sent before, without waiting for their answers (pipelining). */
export type Query = <Row>(statement: Statement | string, values?: readonly unknown[]) => Promise<Answer<Row>>

/** A connection that is opened when it is needed and opened anew when it was lost. */
export interface Line {
  /** The connection, open now; rejects when none can be had. */
  open(): Promise<Connection>
  close(): Promise<void>
}

export interface Connection {
  readonly query: Query
  /**
   * Drops this connection, when it is in a state that nobody knows. The next `open` of its line makes another; one that was
   * made meanwhile, because somebody else dropped this before, stays.
   */
  drop(): void
}

export interface LineOptions {
  readonly url: string
  readonly timeouts?: Partial<Timeouts>
}

/** Milliseconds. */
export interface Timeouts {
  /** To connect and sign in. */
  readonly connect: number
  /** What the server gives one statement; and what we give a read, with everything that it takes. */
  readonly statement: number
  /** What the server gives a lock that a statement waits for: little, because a whole batch waits with it. */
  readonly lock: number
  /**
   * What the server gives a transaction of which it hears nothing: less than a lock, so that whoever waits for the rows of a
   * process that hangs gets them.
   */
  readonly idle: number
  /** What we wait for an answer, the way included, before we hold the connection for lost. */
  readonly answer: number
  /**
   * What a caller waits to be told what became of its commit, when the connection broke behind it, where the change can be
   * taken back should it come out later that it was made; six times that where it cannot.
   */
  readonly doubt: number
}

export const TIMEOUTS: Timeouts = {
  connect: 4_000,
  statement: 8_000,
  lock: 2_000,
  idle: 1_500,
  answer: 10_000,
  doubt: 5_000,
}

const INT8 = 20

/** Our integers are all safe ones; the driver would hand 64-bit columns out as text. */
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text'),
}

export function createLine({ url, timeouts = {} }: LineOptions): Line {
  const { connect, statement, lock, idle, answer } = { ...TIMEOUTS, ...timeouts }
  let opening: Promise<pg.Client> | undefined
  let closed = false

  function connectNow(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'clientele',
      pipeline: true,
      keepAlive: true,
      connectionTimeoutMillis: connect,
      query_timeout: answer,
      statement_timeout: statement,
      lock_timeout: lock,
      idle_in_transaction_session_timeout: idle,
      types,
    } as pg.ClientConfig)
    const forget = () => {
      if (opening === made) opening = undefined
    }
    const made = client.connect().then(
      () => client,
      (error) => {
        forget()
        client.end().catch(() => {})
        throw error
      },
    )
    opening = made
    client.on('error', forget)
    client.on('end', forget)
    return made
  }

  return {
    async open() {
      if (closed) throw new Error('connection closed')
      const mine = opening ?? connectNow()
      const client = await mine
      return {
        async query<Row>(wanted: Statement | string, values: readonly unknown[] = []) {
          const config =
            typeof wanted === 'string' ? { text: wanted } : { ...wanted, values: values as unknown[] }
          const result = await client.query<Row & pg.QueryResultRow>(config)
          return { rows: result.rows, count: result.rowCount ?? 0, command: result.command }
        },
        drop() {
          if (opening !== mine) return
          opening = undefined
          client.end().catch(() => {})
        },
      }
    },
    async close() {
      closed = true
      const last = opening
      opening = undefined
      await last?.then((client) => client.end()).catch(() => {})
    },
  }
}

import { type Clock, nowInSeconds, systemClock } from '../runtime/clock.ts'
import { randomBytes } from '../runtime/cryptography.ts'
import { type EventLoop, systemEventLoop } from '../runtime/event-loop.ts'
import type { Log } from '../runtime/log.ts'
import { createCountingDatabase, type PostgresCounting } from './postgres/counting.ts'
import { createPostgresStore } from './postgres/create-store.ts'
import { claimInstance } from './postgres/instances.ts'
import { createLine, TIMEOUTS, type Timeouts } from './postgres/line.ts'
import { type Migration, migrate } from './postgres/migrate.ts'
import { migrations } from './postgres/migrations.ts'
import type { HostRole } from './postgres/own-table.ts'
import { makeRoles } from './postgres/roles.ts'
import type { Store } from './store.ts'

/** Which database, and how it is used. */
export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database`; `?sslmode=verify-full` and the rest as libpq reads them. */
  readonly url: string
  /** The schema that holds everything; made when it is missing. */
  readonly schema?: string
  /** What this process does. An authorization host keeps what is its own apart, because its database user may write no more. */
  readonly role?: HostRole
  readonly log?: Pick<Log, 'warn'>
  readonly clock?: Clock
  readonly loop?: EventLoop
  readonly timeouts?: Partial<Timeouts>
  /** Connections for writing, and as many for reading. */
  readonly connections?: number
  /** The steps of the schema that this version knows; tests bring fewer, to be the version before. */
  readonly migrations?: readonly Migration[]
}

/** A store that others have open too. */
export interface PostgresStore extends Store {
  /** This process's number among them: `createKeys` takes it. */
  readonly instance: number
  /** Where failed attempts are counted together. */
  readonly counting: PostgresCounting
  /** See `Migrated.refused`, of this start. */
  readonly refusedRoles: readonly string[]
}

/** What `migratePostgres` did. */
export interface Migrated {
  /** The steps that it ran, by number and name. */
  readonly ran: readonly string[]
  /** What somebody must run who may make roles, because this user may not; empty when the roles are there. */
  readonly refused: readonly string[]
}

const SCHEMA = 'clientele'
const CONNECTIONS = 2

/** Brings the schema and the roles up to date (at a start, the roles with the schema). Safe while others start or serve. */
export async function migratePostgres(
  options: PostgresStoreOptions & { readonly isStart?: boolean },
): Promise<Migrated> {
  const { url, schema = SCHEMA, clock = systemClock, timeouts = {} } = options
  // A step may take longer than a statement of the running server may.
  const line = createLine({
    url,
    timeouts: { statement: 600_000, lock: 600_000, idle: 60_000, answer: 630_000, ...timeouts },
  })
  try {
    const { query } = await line.open()
    const steps = options.migrations ?? migrations
    const ran = await migrate({ query, schema, migrations: steps, at: nowInSeconds(clock) })
    const refused = ran.length > 0 || !options.isStart ? await makeRoles(query, schema, steps.length) : []
    return { ran, refused }
  } finally {
    await line.close()
  }
}

/**
 * The store for many instances: one PostgreSQL database, or one that speaks its language. Creates or upgrades the schema
 * first; with a user that may not, the schema must be up to date (`clientele migrate`).
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<PostgresStore> {
  const { url, schema = SCHEMA, clock = systemClock, loop = systemEventLoop, timeouts = {} } = options
  const { connections = CONNECTIONS, role = 'both', log = { warn() {} } } = options
  const { refused } = await migratePostgres({ ...options, isStart: true })
  const line = () => createLine({ url, timeouts })
  const inquiry = line()
  const instance = await claimInstance((await inquiry.open()).query, schema, chance)
  const store = createPostgresStore({
    schema,
    writing: Array.from({ length: connections }, line),
    reading: Array.from({ length: connections }, line),
    inquiry,
    instance,
    role,
    log,
    clock,
    loop,
    doubtMilliseconds: timeouts.doubt ?? TIMEOUTS.doubt,
    readMilliseconds: timeouts.statement ?? TIMEOUTS.statement,
    chance,
  })
  const counts = line()
  return {
    ...store,
    instance: instance.number,
    counting: createCountingDatabase(schema, counts, role),
    refusedRoles: refused,
    async close() {
      await Promise.all([store.close(), counts.close()])
    },
  }
}

function chance(): number {
  return randomBytes(4).readUInt32BE() / 2 ** 32
}

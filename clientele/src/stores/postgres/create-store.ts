import type { Clock } from '../../runtime/clock.ts'
import type { EventLoop } from '../../runtime/event-loop.ts'
import type { Log } from '../../runtime/log.ts'
import { createKeys } from '../../runtime/time-ordered.ts'
import type { Store } from '../store.ts'
import { createPostgresAccounts } from './accounts.ts'
import { createPostgresApiKeys } from './api-keys.ts'
import { createPostgresArtifacts } from './artifacts.ts'
import { createPostgresAudit } from './audit.ts'
import { createPostgresBudgets } from './budgets.ts'
import { createPostgresClients } from './clients.ts'
import { createPostgresCoordination } from './coordination.ts'
import { createPostgresFeed } from './feed.ts'
import { createGroupCommit } from './group-commit.ts'
import { createPostgresInitialAccessTokens } from './initial-access-tokens.ts'
import { type Instance, keepInstance } from './instances.ts'
import type { Line } from './line.ts'
import { type HostRole, ownTable } from './own-table.ts'
import { createReads } from './reads.ts'
import { createReceipts } from './receipts.ts'
import { createPostgresServiceAccounts } from './service-accounts.ts'
import { createPostgresSigningKeys } from './signing-keys.ts'
import { createTables } from './tables.ts'

export interface PostgresStoreDeps {
  readonly schema: string
  readonly writing: readonly Line[]
  readonly reading: readonly Line[]
  readonly inquiry: Line
  readonly instance: Instance
  readonly role: HostRole
  readonly log: Pick<Log, 'warn'>
  readonly clock: Clock
  readonly loop: EventLoop
  /** See `Timeouts.doubt`. */
  readonly doubtMilliseconds: number
  /** See `Timeouts.statement`. */
  readonly readMilliseconds: number
  /** Between 0 and 1. */
  readonly chance: () => number
}

/** The store on lines to a database whose schema is up to date. It takes the lines over, and closes them. */
export function createPostgresStore(deps: PostgresStoreDeps): Store {
  const { schema, writing, reading, inquiry, instance, clock, loop, chance, log } = deps
  const tables = createTables(schema)
  const keys = createKeys(clock, instance.number)
  const reads = createReads({ lines: reading, loop, milliseconds: deps.readMilliseconds })
  const commit = createGroupCommit({
    lines: writing,
    inquiry,
    receipts: createReceipts(schema, ownTable('receipts', deps.role)),
    order: Object.values(tables),
    loop,
    doubtMilliseconds: deps.doubtMilliseconds,
    chance,
    log,
  })
  const { prepareAudit, ...audit } = createPostgresAudit(schema, reads, keys)
  const parts = { schema, tables, reads, commit, prepareAudit }
  const { uses: tokens, ...initialAccessTokens } = createPostgresInitialAccessTokens(parts)
  const { marks, ...artifacts } = createPostgresArtifacts(parts, loop)
  const { uses: budgets, ...counts } = createPostgresBudgets(schema, tables, reads, commit)
  let closing: Promise<void> | undefined

  const letGo = keepInstance(instance, inquiry, loop)

  async function closeAll(): Promise<void> {
    await commit.finish()
    reads.close()
    letGo()
    try {
      await instance.release((await inquiry.open()).query)
    } catch {
      // The database is away. The number is free again when nobody was seen with it for long enough.
    }
    await Promise.all([...writing, ...reading, inquiry].map((line) => line.close()))
  }

  return {
    ...createPostgresClients(parts, { tokens, marks, budgets }, loop),
    ...counts,
    ...initialAccessTokens,
    ...createPostgresApiKeys(parts),
    ...createPostgresServiceAccounts(parts, keys),
    ...artifacts,
    ...createPostgresAccounts(parts),
    ...createPostgresSigningKeys(parts),
    ...audit,
    ...createPostgresFeed({ ...parts, log }),
    ...createPostgresCoordination(parts, deps.role),
    async appendAudit(record) {
      const row = prepareAudit(record)
      await commit.write({ needs: [], run: (set) => set.add(tables.audit, row()) })
    },
    // Only a write proves that the database can write.
    ready: () => commit.probe(),
    close() {
      closing ??= closeAll()
      return closing
    },
  }
}

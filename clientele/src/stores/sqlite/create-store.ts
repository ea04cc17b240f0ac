import type { Database } from 'better-sqlite3'
import type { EventLoop } from '../../runtime/event-loop.ts'
import type { Store } from '../store.ts'
import { createSqliteAccounts } from './accounts.ts'
import { createSqliteApiKeys } from './api-keys.ts'
import { createSqliteArtifacts } from './artifacts.ts'
import { createSqliteAudit, prepareAudit } from './audit.ts'
import { createSqliteBudgets } from './budgets.ts'
import { createCheckpoints } from './checkpoints.ts'
import { createClientPages } from './client-pages.ts'
import { createSqliteClientTerms } from './client-terms.ts'
import { createSqliteClients } from './clients.ts'
import { createSqliteCoordination } from './coordination.ts'
import { createGroupCommit } from './group-commit.ts'
import { createSqliteInitialAccessTokens } from './initial-access-tokens.ts'
import { createReads } from './reads.ts'
import { createSqliteServiceAccounts } from './service-accounts.ts'
import { createSqliteSigningKeys } from './signing-keys.ts'

/** The store on an open database whose schema is up to date. It takes the database over, and closes it. */
export function createSqliteStore(database: Database, loop: EventLoop): Store {
  const checkpoints = createCheckpoints(database, loop)
  const reads = createReads(database)
  const commit = createGroupCommit(database, loop, checkpoints.committed)
  const audit = createSqliteAudit(database, reads)
  const { take, ...tokens } = createSqliteInitialAccessTokens(database, reads, commit, audit)
  const { isMarked, mark, ...artifacts } = createSqliteArtifacts(database, reads, commit)
  const { planBudgets, writeBudgets, giveBackBudgets, ...budgets } = createSqliteBudgets(
    database,
    reads,
    commit,
  )
  const within = {
    take,
    isMarked,
    mark,
    planBudgets,
    writeBudgets,
    giveBackBudgets,
    ...createSqliteClientTerms(database),
  }
  const pages = createClientPages(database, reads, loop)
  const countCheck = database.prepare(
    'INSERT INTO readiness (position, checks) VALUES (1, 1) ON CONFLICT DO UPDATE SET checks = checks + 1',
  )

  return {
    ...createSqliteClients(database, reads, commit, audit, within, pages),
    ...budgets,
    ...tokens,
    ...createSqliteApiKeys(database, reads, commit, audit),
    ...createSqliteServiceAccounts(database, reads, commit, audit),
    ...artifacts,
    ...createSqliteAccounts(database, reads, commit, audit),
    ...createSqliteSigningKeys(database, reads, commit, audit),
    ...createSqliteCoordination(database, reads, commit),
    listAudit: audit.listAudit,
    listAuditAfter: audit.listAuditAfter,
    findAuditEnd: audit.findAuditEnd,
    async appendAudit(record) {
      const prepared = prepareAudit(record)
      await commit.write(() => audit.append(prepared))
    },
    async ready() {
      // Only a write proves that the disk is neither full nor read-only.
      await commit.probe(() => countCheck.run())
    },
    async close() {
      commit.finish()
      checkpoints.stop()
      database.close()
    },
  }
}

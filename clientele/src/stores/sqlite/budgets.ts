import type { Database } from 'better-sqlite3'
import {
  type BudgetClaim,
  type BudgetWrite,
  planBudgets,
  planGivingBack,
  type StoredBudget,
  usedAt,
} from '../plan-budgets.ts'
import type { BudgetExhausted, ClientStore } from '../store.ts'
import type { GroupCommit } from './group-commit.ts'
import type { Reads } from './reads.ts'
import { type StoredText, toStored } from './stored-text.ts'

/** What a change of a client does to budgets, within its own transaction. */
export interface BudgetUses {
  /** What there is to write for a client that held `held` before, or the budget of which nothing is left. Writes nothing. */
  planBudgets(claim: BudgetClaim, held?: readonly string[]): readonly BudgetWrite[] | BudgetExhausted
  writeBudgets(writes: readonly BudgetWrite[]): void
  /** For a client that is no more. */
  giveBackBudgets(held: readonly string[] | undefined): void
}

interface BudgetRow {
  readonly used: number
  readonly window_ends: number | null
}

/** Budgets, under their keys. One that nobody uses has no row; one whose window is over has it until it is swept. */
export function createSqliteBudgets(
  database: Database,
  reads: Reads,
  commit: GroupCommit,
): Pick<ClientStore, 'countBudget' | 'deleteExpiredBudgets'> & BudgetUses {
  const select = database.prepare<[StoredText], BudgetRow>(
    'SELECT used, window_ends FROM budgets WHERE key = ?',
  )
  const insert = database.prepare<[StoredText, number, number | null]>(
    'INSERT INTO budgets (key, used, window_ends) VALUES (?, ?, ?)',
  )
  // Most writes leave the window alone, and then its index need not be touched.
  const count = database.prepare<[number, StoredText]>('UPDATE budgets SET used = ? WHERE key = ?')
  const reopen = database.prepare<[number, number | null, StoredText]>(
    'UPDATE budgets SET used = ?, window_ends = ? WHERE key = ?',
  )
  const remove = database.prepare<[StoredText]>('DELETE FROM budgets WHERE key = ?')
  const removeExpired = database.prepare<[number, number]>(
    `DELETE FROM budgets WHERE key IN
       (SELECT key FROM budgets WHERE window_ends < ? ORDER BY window_ends LIMIT ?)`,
  )

  function find(key: string): StoredBudget | undefined {
    const row = select.get(toStored(key))
    return row && { used: row.used, ...(row.window_ends === null ? {} : { windowEnds: row.window_ends }) }
  }
  function write({ key, used, windowEnds, before }: BudgetWrite): void {
    const name = toStored(key)
    if (!before) insert.run(name, used, windowEnds ?? null)
    else if (used === 0) remove.run(name)
    else if (windowEnds === before.windowEnds) count.run(used, name)
    else reopen.run(used, windowEnds ?? null, name)
  }

  function writeBudgets(writes: readonly BudgetWrite[]): void {
    for (const each of writes) write(each)
  }

  return {
    planBudgets: (claim, held) => planBudgets(claim, held, find),
    writeBudgets,
    giveBackBudgets: (held) => writeBudgets(planGivingBack(held, find)),
    async countBudget(key, now) {
      return usedAt(
        reads(() => find(key)),
        now,
      )
    },
    async deleteExpiredBudgets(now, limit) {
      return commit.write(() => removeExpired.run(now, Math.max(0, limit)).changes)
    },
  }
}

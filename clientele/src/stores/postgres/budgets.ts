import { type BudgetWrite, type FindBudget, usedAt } from '../plan-budgets.ts'
import type { ClientStore } from '../store.ts'
import type { GroupCommit } from './group-commit.ts'
import type { Reads } from './reads.ts'
import { toName } from './stored-name.ts'
import type { Row } from './table.ts'
import type { Tables } from './tables.ts'
import type { Need, WorkingSet } from './working-set.ts'

/** What a change of a client does with budgets, within its own transaction. */
export interface BudgetUses {
  needsOf(keys: Iterable<string>): Need[]
  findIn(set: WorkingSet): FindBudget
  write(set: WorkingSet, writes: readonly BudgetWrite[]): void
}

/** Budgets, under their keys. Everybody shares them, so their rows are locked by whoever takes of them. */
export function createPostgresBudgets(
  schema: string,
  { budgets }: Tables,
  reads: Reads,
  commit: GroupCommit,
): Pick<ClientStore, 'countBudget' | 'deleteExpiredBudgets'> & { readonly uses: BudgetUses } {
  const select = {
    name: 'budgets_find',
    text: `SELECT used, window_ends FROM ${schema}.budgets WHERE key = $1`,
  }
  const removeExpired = {
    name: 'budgets_expired',
    text: `DELETE FROM ${schema}.budgets WHERE key IN
      (SELECT key FROM ${schema}.budgets WHERE window_ends < $1 ORDER BY window_ends LIMIT $2)`,
  }
  return {
    uses: {
      needsOf: (keys) => [...keys].map((key) => ({ table: budgets, key: toName(key) })),
      findIn: (set) => (key) => toBudget(set.get(budgets, toName(key))),
      write(set, writes) {
        for (const { key, used, windowEnds } of writes) {
          const row = { key: toName(key), used, window_ends: windowEnds ?? null }
          set.set(budgets, row.key, used === 0 ? undefined : row)
        }
      },
    },
    async countBudget(key, now) {
      const [row] = await reads<Row>(select, [toName(key)])
      return usedAt(toBudget(row), now)
    },
    deleteExpiredBudgets: (now, limit) =>
      commit.alone(async (query) => (await query(removeExpired, [now, Math.max(0, limit)])).count),
  }
}

function toBudget(row: Row | undefined) {
  if (!row) return undefined
  const used = Number(row.used)
  return row.window_ends === null ? { used } : { used, windowEnds: Number(row.window_ends) }
}

import type { ClientRecord } from '../../clients/client.ts'
import {
  type BudgetWrite,
  claimBudgets,
  planBudgets,
  planGivingBack,
  type StoredBudget,
  usedAt,
} from '../plan-budgets.ts'
import type { AuditRecord, ClientStore, ReplayMark } from '../store.ts'
import { copy } from './copy.ts'
import type { TokenUses } from './credentials.ts'

/** What counts once. */
export interface ReplayMarks {
  isMarked(replayMark: ReplayMark | undefined): boolean
  mark(replayMark: ReplayMark | undefined): void
}

/** Clients, and what they count against. */
export function createMemoryClients(
  checkOpen: () => void,
  append: (record: AuditRecord) => void,
  once: TokenUses & ReplayMarks,
): ClientStore {
  // A deleted client leaves undefined behind: its id is never given out again, and its place in the order stays.
  const clients = new Map<string, ClientRecord | undefined>()
  const places = new Map<string, number>()
  const ids: string[] = []
  const budgets = new Map<string, StoredBudget>()
  const findBudget = (key: string) => budgets.get(key)

  function writeBudgets(writes: readonly BudgetWrite[]): void {
    for (const { key, used, windowEnds } of writes) {
      if (used === 0) budgets.delete(key)
      else budgets.set(key, { used, ...(windowEnds === undefined ? {} : { windowEnds }) })
    }
  }

  return {
    async createClient(client, change) {
      checkOpen()
      const claim = claimBudgets(client.holds, change.budgets, client.createdAt)
      if (clients.has(client.id)) return 'id_taken'
      if (once.isMarked(change.replayMark)) return 'statement_replayed'
      const writes = planBudgets(claim, undefined, findBudget)
      if ('exhausted' in writes) return writes
      if (change.spends !== undefined && !once.take(change.spends, client.createdAt)) return 'token_spent'
      once.mark(change.replayMark)
      writeBudgets(writes)
      clients.set(client.id, copy(client))
      places.set(client.id, ids.push(client.id))
      append(change.audit)
      return 'created'
    },
    async findClient(id) {
      checkOpen()
      return copy(clients.get(id))
    },
    async isClientIdTaken(id) {
      checkOpen()
      return clients.has(id)
    },
    async listClients({ limit, after, term }) {
      checkOpen()
      const behind = after === undefined ? 0 : places.get(after)
      const found: ClientRecord[] = []
      for (let place = behind ?? ids.length; place < ids.length && found.length < limit; place++) {
        const client = clients.get(ids[place]!)
        if (client && (term === undefined || client.terms?.includes(term))) found.push(copy(client))
      }
      return found
    },
    async replaceClient(client, change) {
      checkOpen()
      const claim = claimBudgets(client.holds, change.budgets, client.updatedAt)
      const stored = clients.get(client.id)
      if (!stored) return 'gone'
      if (stored.revision !== client.revision - 1) return 'conflict'
      if (once.isMarked(change.replayMark)) return 'statement_replayed'
      const writes = planBudgets(claim, stored.holds, findBudget)
      if ('exhausted' in writes) return writes
      once.mark(change.replayMark)
      writeBudgets(writes)
      clients.set(client.id, copy(client))
      append(change.audit)
      return 'replaced'
    },
    async deleteClient(id, record) {
      checkOpen()
      const stored = clients.get(id)
      if (!stored) return false
      writeBudgets(planGivingBack(stored.holds, findBudget))
      clients.set(id, undefined)
      append(record)
      return true
    },
    async countBudget(key, now) {
      checkOpen()
      return usedAt(budgets.get(key), now)
    },
    async deleteExpiredBudgets(now, limit) {
      checkOpen()
      let deleted = 0
      for (const [key, { windowEnds }] of budgets) {
        if (deleted >= limit) break
        if (windowEnds !== undefined && windowEnds < now && budgets.delete(key)) deleted++
      }
      return deleted
    },
  }
}

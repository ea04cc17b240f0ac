import type { EventLoop } from '../../runtime/event-loop.ts'
import { claimBudgets, planBudgets, planGivingBack } from '../plan-budgets.ts'
import type { AuditRecord, ClientStore } from '../store.ts'
import type { ReplayMarks } from './artifacts.ts'
import type { BudgetUses } from './budgets.ts'
import { type ClientRow, parseClient, toBuriedRow, toClientRow, toTermRows } from './client-row.ts'
import type { WriteOperation } from './group-commit.ts'
import type { TokenUses } from './initial-access-tokens.ts'
import type { KeyedCredentialsDeps } from './keyed-credentials.ts'
import { createLookUp } from './reads.ts'
import { toName } from './stored-name.ts'
import type { Row } from './table.ts'
import { LookAgain, type WorkingSet } from './working-set.ts'

/** What is counted or marked in the transaction that changes a client. */
export interface WithinClientChange {
  readonly tokens: TokenUses
  readonly marks: ReplayMarks
  readonly budgets: BudgetUses
}

/**
 * Clients, under their ids: those that we choose grow, so clients who register together lie together. A deleted client
 * leaves its row behind, without the record: its id is never given out again.
 */
export function createPostgresClients(
  { schema, tables, reads, commit, prepareAudit }: KeyedCredentialsDeps,
  { tokens, marks, budgets }: WithinClientChange,
  loop: EventLoop,
): Omit<ClientStore, 'countBudget' | 'deleteExpiredBudgets'> {
  const table = tables.clients
  const columns = 'key, granted, record'
  const selectMany = {
    name: 'clients_find',
    text: `SELECT ${columns} FROM ${schema}.clients WHERE key = ANY($1::text[])`,
  }
  const page = (name: string, from: string, column: string, where: string) => ({
    name,
    text: `SELECT c.key, c.granted, c.record FROM ${from}
           WHERE ${where} c.status <> 'deleted' AND ${column} > $2
             AND ($2 = '' OR EXISTS (SELECT 1 FROM ${schema}.clients AS a WHERE a.key = $2))
           ORDER BY ${column} LIMIT $1`,
  })
  const selectPage = page('clients_page', `${schema}.clients AS c`, 'c.key', '')
  const selectWithTerm = page(
    'clients_with_term',
    `${schema}.client_terms AS t JOIN ${schema}.clients AS c ON c.key = t.client_key`,
    't.client_key',
    't.term = $3 AND',
  )
  const lookUp = createLookUp<ClientRow>(reads, selectMany, loop)

  function writeTerms(
    set: WorkingSet,
    key: string,
    before: readonly string[] | undefined,
    now: readonly string[] | undefined,
  ): void {
    if (!before?.length && !now?.length) return
    const kept = new Map(toTermRows(key, now).map((row) => [row.key, row]))
    for (const { key: old } of toTermRows(key, before)) {
      if (!kept.delete(old!)) set.put(tables.clientTerms, old!, undefined)
    }
    for (const [name, row] of kept) set.set(tables.clientTerms, name!, row)
  }

  function deletion(id: string, audit: Row): WriteOperation<boolean> {
    const key = toName(id)
    // What the client holds is in the row that is read only now, so its budgets are a second look.
    const { held, checkSeen } = secondLook()
    return {
      get needs() {
        return [{ table, key }, ...budgets.needsOf(held())]
      },
      run(set) {
        const row = set.get(table, key)
        if (!row || row.record === null) return false
        const before = parseClient(row as unknown as ClientRow)
        checkSeen(before.holds)
        budgets.write(set, planGivingBack(before.holds, budgets.findIn(set)))
        writeTerms(set, key, before.terms, undefined)
        set.set(table, key, toBuriedRow(row))
        set.add(tables.audit, audit)
        return true
      },
    }
  }

  return {
    async createClient(client, change) {
      const { spends, replayMark } = change
      const row = toClientRow(client)
      const claim = claimBudgets(client.holds, change.budgets, client.createdAt)
      const terms = client.terms && [...client.terms]
      const key = row.key as string
      const { id, createdAt } = client
      const audit = prepareAudit(change.audit)
      return commit.write<CreationOutcome>({
        needs: [
          { table, key, isNew: true },
          ...tokens.needsOf(spends),
          ...marks.needsOf(replayMark),
          ...budgets.needsOf([...claim.holds, ...claim.budgets.map((budget) => budget.key)]),
        ],
        run(set) {
          if (set.get(table, key)) return 'id_taken'
          if (replayMark && marks.isMarked(set, replayMark)) return 'statement_replayed'
          const writes = planBudgets(claim, undefined, budgets.findIn(set))
          if ('exhausted' in writes) return writes
          if (spends !== undefined && !tokens.take(set, spends, createdAt)) return 'token_spent'
          if (replayMark) marks.mark(set, replayMark)
          budgets.write(set, writes)
          writeTerms(set, key, undefined, terms)
          set.set(table, key, row)
          set.add(tables.audit, audit)
          return 'created'
        },
        // Nobody was told of this client, so nobody may find it, and it has cost nothing.
        undo(outcome) {
          if (outcome !== 'created') return undefined
          const deleting = deletion(id, prepareAudit(unacknowledged(change.audit)))
          return {
            get needs() {
              return [...deleting.needs, ...tokens.needsOf(spends)]
            },
            run(set) {
              if (!deleting.run(set)) return
              if (spends !== undefined) tokens.giveBack(set, spends)
              if (replayMark) marks.unmark(set, replayMark)
            },
          }
        },
      })
    },

    async findClient(id) {
      const row = await lookUp(toName(id))
      return row?.record ? parseClient(row) : undefined
    },

    async isClientIdTaken(id) {
      return (await lookUp(toName(id))) !== undefined
    },

    async listClients({ limit, after, term }) {
      const values = [Math.max(0, limit), after === undefined ? '' : toName(after)]
      const rows =
        term === undefined
          ? await reads<ClientRow>(selectPage, values)
          : await reads<ClientRow>(selectWithTerm, [...values, toName(term)])
      return rows.map(parseClient)
    },

    async replaceClient(client, change) {
      const { replayMark } = change
      const row = toClientRow(client)
      const claim = claimBudgets(client.holds, change.budgets, client.updatedAt)
      const terms = client.terms && [...client.terms]
      const key = row.key as string
      const audit = prepareAudit(change.audit)
      const { held, checkSeen } = secondLook()
      return commit.write<ReplacementOutcome>({
        get needs() {
          const claimed = [...held(), ...claim.holds, ...claim.budgets.map((budget) => budget.key)]
          return [{ table, key }, ...marks.needsOf(replayMark), ...budgets.needsOf(claimed)]
        },
        run(set) {
          const stored = set.get(table, key)
          if (!stored || stored.record === null) return 'gone'
          if (stored.revision !== client.revision - 1) return 'conflict'
          if (replayMark && marks.isMarked(set, replayMark)) return 'statement_replayed'
          const before = parseClient(stored as unknown as ClientRow)
          checkSeen(before.holds)
          const writes = planBudgets(claim, before.holds, budgets.findIn(set))
          if ('exhausted' in writes) return writes
          if (replayMark) marks.mark(set, replayMark)
          budgets.write(set, writes)
          writeTerms(set, key, before.terms, terms)
          set.set(table, key, row)
          set.add(tables.audit, audit)
          return 'replaced'
        },
      })
    },

    deleteClient: (id, record) => commit.write(deletion(id, prepareAudit(record))),
  }
}

type CreationOutcome = Awaited<ReturnType<ClientStore['createClient']>>
type ReplacementOutcome = Awaited<ReturnType<ClientStore['replaceClient']>>

/** What a client holds is in its row, which is read together with the budgets: those that turn up there need another look. */
function secondLook() {
  let seen: readonly string[] = []
  return {
    held: () => seen,
    checkSeen(holds: readonly string[] = []) {
      if (holds.every((key) => seen.includes(key))) return
      seen = holds
      throw new LookAgain()
    },
  }
}

function unacknowledged({ at, subject }: AuditRecord): AuditRecord {
  const detail = { because: 'its registration was stored, and its caller was told that it was not' }
  return { action: 'client.deleted', at, subject, actor: 'store', detail }
}

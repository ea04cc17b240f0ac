import type { ClientRecord } from '../../clients/client.ts'
import { claimBudgets, planBudgets, planGivingBack } from '../plan-budgets.ts'
import type { AuditRecord, ClientStore } from '../store.ts'
import type { ReplayMarks } from './artifacts.ts'
import type { WriteOperation } from './batch.ts'
import type { BudgetUses } from './budgets.ts'
import { type ClientRow, parseClient, toBuriedRow, toClientRow, toTermRows } from './client-row.ts'
import type { TokenUses } from './initial-access-tokens.ts'
import type { KeyedCredentialsDeps } from './keyed-credentials.ts'
import { toName } from './stored-name.ts'
import { LookAgain, type WorkingSet } from './working-set.ts'

/** What is counted or marked in the transaction that changes a client. */
export interface WithinClientChange {
  readonly tokens: TokenUses
  readonly marks: ReplayMarks
  readonly budgets: BudgetUses
}

/** What changes a client, with everything that is counted, marked and found with it, as operations that share transactions. */
export interface ClientChanges {
  create(...change: Parameters<ClientStore['createClient']>): WriteOperation<CreationOutcome>
  replace(...change: Parameters<ClientStore['replaceClient']>): WriteOperation<ReplacementOutcome>
  delete(id: string, record: AuditRecord): WriteOperation<boolean>
}

type CreationOutcome = Awaited<ReturnType<ClientStore['createClient']>>
type ReplacementOutcome = Awaited<ReturnType<ClientStore['replaceClient']>>

export function createClientChanges(
  { tables, prepareAudit }: Pick<KeyedCredentialsDeps, 'tables' | 'prepareAudit'>,
  { tokens, marks, budgets }: WithinClientChange,
): ClientChanges {
  const table = tables.clients

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

  function deletion(id: string, record: AuditRecord): WriteOperation<boolean> {
    const key = toName(id)
    const audit = prepareAudit(record)
    // What the client holds is in the row that is read only now, so its budgets are a second look.
    const { held, checkSeen } = secondLook()
    return {
      about: id,
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
        set.add(tables.audit, audit())
        return true
      },
    }
  }

  return {
    create(client, { spends, replayMark, ...change }) {
      const { row, key, terms } = copy(client)
      const claim = claimBudgets(client.holds, change.budgets, client.createdAt)
      const { id, createdAt } = client
      const audit = prepareAudit(change.audit)
      return {
        about: id,
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
          set.add(tables.audit, audit())
          return 'created'
        },
        // Nobody was told of this client, so nobody may find it, and it has cost nothing.
        undo(outcome) {
          if (outcome !== 'created') return undefined
          const deleting = deletion(id, unacknowledged(change.audit))
          return {
            about: id,
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
      }
    },

    replace(client, { replayMark, ...change }) {
      const { row, key, terms } = copy(client)
      const claim = claimBudgets(client.holds, change.budgets, client.updatedAt)
      const { id, revision } = client
      const audit = prepareAudit(change.audit)
      const { held, checkSeen } = secondLook()
      return {
        about: id,
        get needs() {
          const claimed = [...held(), ...claim.holds, ...claim.budgets.map((budget) => budget.key)]
          return [{ table, key }, ...marks.needsOf(replayMark), ...budgets.needsOf(claimed)]
        },
        run(set) {
          const stored = set.get(table, key)
          if (!stored || stored.record === null) return 'gone'
          if (stored.revision !== revision - 1) return 'conflict'
          if (replayMark && marks.isMarked(set, replayMark)) return 'statement_replayed'
          const before = parseClient(stored as unknown as ClientRow)
          checkSeen(before.holds)
          const writes = planBudgets(claim, before.holds, budgets.findIn(set))
          if ('exhausted' in writes) return writes
          if (replayMark) marks.mark(set, replayMark)
          budgets.write(set, writes)
          writeTerms(set, key, before.terms, terms)
          set.set(table, key, row)
          set.add(tables.audit, audit())
          return 'replaced'
        },
      }
    },

    delete: deletion,
  }
}

/** The client as it is now, whatever becomes of the object. */
function copy(client: ClientRecord) {
  const row = toClientRow(client)
  return { row, key: row.key as string, terms: client.terms && [...client.terms] }
}

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

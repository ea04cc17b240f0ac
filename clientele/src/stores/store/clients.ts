import type { ClientRecord } from '../../clients/client.ts'
import type { ReplayMark } from './artifacts.ts'
import type { AuditRecord } from './audit.ts'

/** Clients, and what their creation and their changes count against. Part of the contract in `stores/store.ts`. */
export interface ClientStore {
  /**
   * Creates a client and, in the same transaction, spends one use of `spends` (an initial access token's id), which was
   * last used then, sets `replayMark`, and takes one of each of `budgets`.
   * `token_spent`: the token is unknown, revoked, expired at `client.createdAt`, or has no use left; nothing was written.
   * `statement_replayed`: the mark is there already, expired or not; nothing was written.
   * `id_taken`: another client has that id, or had it before it was deleted; nothing was written.
   * `BudgetExhausted`: nothing is left of a budget; nothing was written, and nothing taken of the others.
   */
  createClient(
    client: ClientRecord,
    change: ClientCreation,
  ): Promise<'created' | 'token_spent' | 'statement_replayed' | 'id_taken' | BudgetExhausted>
  /** The client with that id in its newest revision, or undefined. Any text may be asked for. */
  findClient(id: string): Promise<ClientRecord | undefined>
  /** Whether a client has that id, or had it before it was deleted. */
  isClientIdTaken(id: string): Promise<boolean>
  /**
   * Clients that are not deleted, at most `limit`, in an order that no change of a client changes; those behind the client
   * `after`, when given (which may have been deleted meanwhile). With `term`, those whose `terms` have it.
   */
  listClients(page: {
    readonly limit: number
    readonly after?: string
    readonly term?: string
  }): Promise<readonly ClientRecord[]>
  /**
   * Replaces a client whose stored revision is `client.revision - 1` and, in the same transaction, sets `replayMark`, takes
   * one of each of `budgets`, and gives back what the client held before and holds no more.
   * `conflict`: someone else was first. `gone`: there is no such client. `statement_replayed`: the mark is there already.
   * `BudgetExhausted`: nothing is left of a budget. Nothing was written in any of these cases.
   */
  replaceClient(
    client: ClientRecord,
    change: ClientReplacement,
  ): Promise<'replaced' | 'conflict' | 'gone' | 'statement_replayed' | BudgetExhausted>
  /** Deletes a client for good and gives back what it held. Of two callers, one gets true. Its id is never given out again. */
  deleteClient(id: string, audit: AuditRecord): Promise<boolean>
  /** How much of a budget is used; 0 for one that nobody has used, or whose window is over at `now`. */
  countBudget(key: string, now: number): Promise<number>
  /** Deletes at most `limit` budgets whose window ended before `now`; how many it deleted. */
  deleteExpiredBudgets(now: number, limit: number): Promise<number>
}

export interface ClientCreation {
  readonly spends?: string
  readonly replayMark?: ReplayMark
  readonly budgets?: readonly Budget[]
  readonly audit: AuditRecord
}

export interface ClientReplacement {
  readonly replayMark?: ReplayMark
  readonly budgets?: readonly Budget[]
  readonly audit: AuditRecord
}

/**
 * So many and no more, counted in the transaction that creates or replaces the client, so that no two requests get the
 * last one. Two kinds, and a key is of one kind for good.
 *
 * *Standing*: as long as the client holds its key (`ClientRecord.holds`); deleting the client, or a revision that no longer
 * holds it, gives one back. What is used is the number of clients that hold the key: one that holds it already takes
 * nothing more, and one that holds it without naming a budget is counted without a ceiling. A standing budget whose key the
 * client does not hold is a defect.
 *
 * *Windowed*: what was taken counts until `windowEnds`, whatever becomes of the client; the first to take from that second
 * on opens a new window with its own `windowEnds`. A creation takes at `client.createdAt`, a replacement at
 * `client.updatedAt`. One whose key the client holds is a defect.
 *
 * A key that is listed twice counts once, with the smaller `most`.
 */
export interface Budget {
  readonly key: string
  readonly most: number
  /** Epoch seconds; absent for a standing budget. */
  readonly windowEnds?: number
}

/** Nothing is left of this budget; of several, of the one that was listed first. */
export interface BudgetExhausted {
  readonly exhausted: string
}

/** What a registrar tells the program that embeds it, and how it learns of it: from the store, after the commit. */
import type { ClientRecord } from '../clients/client.ts'
import type { CompleteMetadata } from '../oauth/client-metadata.ts'
import type { AuditRecord, ClientStore } from '../stores/store.ts'

/** A change that was committed: its record in the audit trail, and the client as it is now. Never a secret, never a token. */
export interface RegistrarEvent extends AuditRecord {
  /** What is granted to the client; absent when it was deleted. */
  readonly metadata?: CompleteMetadata
  /** Grows by one with every change of the client; absent when it was deleted. */
  readonly revision?: number
}

/** The store, with somebody who hears of every change that it committed. */
export function observeClients(store: ClientStore, tell: (event: RegistrarEvent) => void): ClientStore {
  const changed = (audit: AuditRecord, { granted, revision }: ClientRecord) =>
    tell({ ...audit, metadata: granted, revision })
  return {
    async createClient(client, change) {
      const outcome = await store.createClient(client, change)
      if (outcome === 'created') changed(change.audit, client)
      return outcome
    },
    async replaceClient(client, change) {
      const outcome = await store.replaceClient(client, change)
      if (outcome === 'replaced') changed(change.audit, client)
      return outcome
    },
    async deleteClient(id, audit) {
      const deleted = await store.deleteClient(id, audit)
      if (deleted) tell(audit)
      return deleted
    },
    findClient: (id) => store.findClient(id),
    isClientIdTaken: (id) => store.isClientIdTaken(id),
    listClients: (page) => store.listClients(page),
    countBudget: (key, now) => store.countBudget(key, now),
    deleteExpiredBudgets: (now, limit) => store.deleteExpiredBudgets(now, limit),
  }
}

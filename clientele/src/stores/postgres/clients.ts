import type { EventLoop } from '../../runtime/event-loop.ts'
import type { ClientStore } from '../store.ts'
import { createClientChanges, type WithinClientChange } from './client-changes.ts'
import { type ClientRow, parseClient } from './client-row.ts'
import type { KeyedCredentialsDeps } from './keyed-credentials.ts'
import { createLookUp } from './reads.ts'
import { toName } from './stored-name.ts'

/**
 * Clients, under their ids: those that we choose grow, so clients who register together lie together. A deleted client
 * leaves its row behind, without the record: its id is never given out again.
 */
export function createPostgresClients(
  { schema, tables, reads, commit, prepareAudit }: KeyedCredentialsDeps,
  within: WithinClientChange,
  loop: EventLoop,
): Omit<ClientStore, 'countBudget' | 'deleteExpiredBudgets'> {
  const changes = createClientChanges({ tables, prepareAudit }, within)
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

  return {
    createClient: async (client, change) => commit.write(changes.create(client, change)),
    replaceClient: async (client, change) => commit.write(changes.replace(client, change)),
    deleteClient: async (id, record) => commit.write(changes.delete(id, record)),

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
  }
}

import { announce } from './feed.ts'
import { createTable, type Table } from './table.ts'

/** The tables that transactions move rows of, in the order in which they are locked and written. */
export interface Tables {
  readonly initialAccessTokens: Table
  readonly apiKeys: Table
  readonly serviceAccounts: Table
  readonly accountEmails: Table
  readonly accounts: Table
  readonly budgets: Table
  readonly clients: Table
  readonly clientTerms: Table
  readonly artifacts: Table
  readonly audit: Table
}

export function createTables(schema: string): Tables {
  const keyed = { key: 'bigint', record: 'text', last_used_at: 'bigint', revoked_at: 'bigint' } as const
  return {
    initialAccessTokens: createTable(schema, {
      name: 'initial_access_tokens',
      columns: { ...keyed, uses_left: 'bigint', expires_at: 'bigint' },
    }),
    apiKeys: createTable(schema, { name: 'api_keys', columns: keyed }),
    serviceAccounts: createTable(schema, {
      name: 'service_accounts',
      columns: { key: 'text', position: 'bigint', record: 'text', last_used_at: 'bigint' },
    }),
    accountEmails: createTable(schema, {
      name: 'account_emails',
      columns: { key: 'text', account_key: 'text' },
    }),
    accounts: createTable(schema, { name: 'accounts', columns: { key: 'text', record: 'text' } }),
    budgets: createTable(schema, {
      name: 'budgets',
      columns: { key: 'text', used: 'bigint', window_ends: 'bigint' },
    }),
    clients: createTable(schema, {
      name: 'clients',
      columns: {
        key: 'text',
        revision: 'bigint',
        status: 'text',
        granted: 'text',
        secret_hashes: 'text',
        record: 'text',
      },
      guard: 'revision',
    }),
    clientTerms: createTable(schema, {
      name: 'client_terms',
      columns: { key: 'text', client_key: 'text', term: 'text' },
      // Rows come and go, and never change.
      guard: 'key',
    }),
    artifacts: createTable(schema, {
      name: 'artifacts',
      columns: {
        key: 'text',
        version: 'bigint',
        record: 'text',
        grant_id: 'text',
        uid: 'text',
        user_code: 'text',
        expires_at: 'bigint',
        consumed_at: 'bigint',
      },
      guard: 'version',
    }),
    // The last: whatever made the transaction wait is behind it when it says that it comes.
    audit: {
      ...createTable(schema, {
        name: 'audit',
        columns: { key: 'bigint', subject: 'text', record: 'text' },
        guard: 'key',
      }),
      accompany: announce(schema),
    },
  }
}

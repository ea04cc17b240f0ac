import type { ApiKeyRecord } from '../../clients/api-key.ts'
import { encodeKey } from '../../clients/credential.ts'
import type { ApiKeyStore } from '../store.ts'
import { type KeyedCredentialsDeps, keyedCredentials, readUse } from './keyed-credentials.ts'
import type { Row } from './table.ts'

type Kept = Omit<ApiKeyRecord, 'id' | 'lastUsedAt' | 'revokedAt'>

/** API keys, under the key that they carry. */
export function createPostgresApiKeys(deps: KeyedCredentialsDeps): ApiKeyStore {
  const credentials = keyedCredentials(deps.tables.apiKeys, toRecord, deps)
  return {
    async createApiKey(apiKey, record) {
      const { id, lastUsedAt, revokedAt, ...kept } = apiKey
      await credentials.create('an API key', id, record, {
        record: JSON.stringify(kept satisfies Kept),
        last_used_at: lastUsedAt ?? null,
        revoked_at: revokedAt ?? null,
      })
    },
    findApiKey: credentials.find,
    listApiKeys: credentials.list,
    revokeApiKey: credentials.revoke,
    noteApiKeyUse: credentials.noteUse,
  }
}

function toRecord(row: Row): ApiKeyRecord {
  return {
    id: encodeKey(Number(row.key)),
    ...(JSON.parse(String(row.record)) as Kept),
    ...readUse(row),
  }
}

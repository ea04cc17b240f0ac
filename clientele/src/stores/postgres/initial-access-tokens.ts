import { decodeKey, encodeKey } from '../../clients/credential.ts'
import type { InitialAccessTokenRecord } from '../../clients/initial-access-token.ts'
import type { InitialAccessTokenStore } from '../store.ts'
import type { KeyedCredentialsDeps } from './keyed-credentials.ts'
import { keyedCredentials, readUse } from './keyed-credentials.ts'
import type { Row } from './table.ts'
import type { Need, WorkingSet } from './working-set.ts'

/** What a creation does with the token that it spends, within its own transaction. */
export interface TokenUses {
  needsOf(id: string | undefined): Need[]
  /** Takes one use. False, and nothing written, when the token is unknown, revoked, expired at `at`, or has none left. */
  take(set: WorkingSet, id: string, at: number): boolean
  /** Gives one use back. */
  giveBack(set: WorkingSet, id: string): void
}

type Kept = Omit<InitialAccessTokenRecord, 'id' | 'usesLeft' | 'lastUsedAt' | 'revokedAt'>

/** Initial access tokens (RFC 7591 §1.2), under the key that the token carries. */
export function createPostgresInitialAccessTokens(
  deps: KeyedCredentialsDeps,
): InitialAccessTokenStore & { readonly uses: TokenUses } {
  const table = deps.tables.initialAccessTokens
  const credentials = keyedCredentials(table, toRecord, deps)
  return {
    uses: {
      needsOf(id) {
        const key = id === undefined ? undefined : decodeKey(id)
        return key === undefined ? [] : [{ table, key }]
      },
      take(set, id, at) {
        const key = decodeKey(id)
        const row = key === undefined ? undefined : set.get(table, key)
        if (!row || row.revoked_at !== null) return false
        if (row.expires_at !== null && Number(row.expires_at) <= at) return false
        const left = row.uses_left === null ? null : Number(row.uses_left)
        if (left !== null && left < 1) return false
        // Within one second a token without a limit stays as it is: then many clients cost it one write.
        if (left === null && row.last_used_at === at) return true
        set.set(table, row.key!, { ...row, uses_left: left === null ? null : left - 1, last_used_at: at })
        return true
      },
      giveBack(set, id) {
        const key = decodeKey(id)
        const row = key === undefined ? undefined : set.get(table, key)
        if (row && row.uses_left !== null)
          set.set(table, row.key!, { ...row, uses_left: Number(row.uses_left) + 1 })
      },
    },
    async createInitialAccessToken(token, record) {
      const { id, usesLeft, lastUsedAt, revokedAt, ...kept } = token
      await credentials.create('an initial access token', id, record, {
        record: JSON.stringify(kept satisfies Kept),
        uses_left: usesLeft,
        expires_at: token.expiresAt,
        last_used_at: lastUsedAt ?? null,
        revoked_at: revokedAt ?? null,
      })
    },
    findInitialAccessToken: credentials.find,
    listInitialAccessTokens: credentials.list,
    revokeInitialAccessToken: credentials.revoke,
  }
}

function toRecord(row: Row): InitialAccessTokenRecord {
  return {
    id: encodeKey(Number(row.key)),
    ...(JSON.parse(String(row.record)) as Kept),
    usesLeft: row.uses_left as number | null,
    ...readUse(row),
  }
}

import type Database from 'better-sqlite3'
import type { Adapter, AdapterPayload } from 'oidc-provider'

/**
 * The storage that a developer would write for oidc-provider: one table, the payload as JSON, every write its own durable
 * commit. Nothing in it is slow on purpose: statements are prepared once, and what is looked up has an index.
 */
export function createAdapterFactory(database: Database.Database): (model: string) => Adapter {
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec(`
    CREATE TABLE IF NOT EXISTS artifacts (
      model TEXT NOT NULL, id TEXT NOT NULL, payload TEXT NOT NULL,
      grant_id TEXT, user_code TEXT, uid TEXT, expires_at INTEGER,
      PRIMARY KEY (model, id)
    );
    CREATE INDEX IF NOT EXISTS by_grant ON artifacts (grant_id) WHERE grant_id IS NOT NULL;
    CREATE INDEX IF NOT EXISTS by_user_code ON artifacts (user_code) WHERE user_code IS NOT NULL;
    CREATE INDEX IF NOT EXISTS by_uid ON artifacts (uid) WHERE uid IS NOT NULL;
  `)
  const upsert = database.prepare(
    `INSERT INTO artifacts (model, id, payload, grant_id, user_code, uid, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (model, id) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id,
       user_code = excluded.user_code, uid = excluded.uid, expires_at = excluded.expires_at`,
  )
  const selectBy = (column: string) =>
    database.prepare<[string, string], Row>(
      `SELECT payload, expires_at FROM artifacts WHERE model = ? AND ${column} = ?`,
    )
  const byId = selectBy('id')
  const byUid = selectBy('uid')
  const byUserCode = selectBy('user_code')
  const consume = database.prepare(
    `UPDATE artifacts SET payload = json_set(payload, '$.consumed', unixepoch()) WHERE model = ? AND id = ?`,
  )
  const remove = database.prepare('DELETE FROM artifacts WHERE model = ? AND id = ?')
  const removeGrant = database.prepare('DELETE FROM artifacts WHERE grant_id = ?')

  return (model) => ({
    async upsert(id, payload, expiresIn) {
      const expiresAt = expiresIn ? Math.floor(Date.now() / 1000) + expiresIn : null
      const { grantId = null, userCode = null, uid = null } = payload
      upsert.run(model, id, JSON.stringify(payload), grantId, userCode, uid, expiresAt)
    },
    find: async (id) => toPayload(byId.get(model, id)),
    findByUid: async (uid) => toPayload(byUid.get(model, uid)),
    findByUserCode: async (userCode) => toPayload(byUserCode.get(model, userCode)),
    async consume(id) {
      consume.run(model, id)
    },
    async destroy(id) {
      remove.run(model, id)
    },
    async revokeByGrantId(grantId) {
      removeGrant.run(grantId)
    },
  })
}

interface Row {
  readonly payload: string
  readonly expires_at: number | null
}

function toPayload(row: Row | undefined): AdapterPayload | undefined {
  if (row === undefined || (row.expires_at !== null && row.expires_at < Date.now() / 1000)) return undefined
  return JSON.parse(row.payload) as AdapterPayload
}

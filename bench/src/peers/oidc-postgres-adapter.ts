import type { Adapter, AdapterPayload } from 'oidc-provider'
import type pg from 'pg'

/**
 * The PostgreSQL storage that a developer would write for oidc-provider: a pool, one table, the payload as `jsonb`, every
 * write its own durable commit. Nothing in it is slow on purpose: statements are prepared, and what is looked up has an index.
 */
export async function createPostgresAdapterFactory(pool: pg.Pool): Promise<(model: string) => Adapter> {
  await pool.query(`
    CREATE TABLE IF NOT EXISTS artifacts (
      model TEXT NOT NULL, id TEXT NOT NULL, payload JSONB NOT NULL,
      grant_id TEXT, user_code TEXT, uid TEXT, expires_at TIMESTAMPTZ,
      PRIMARY KEY (model, id)
    );
    CREATE INDEX IF NOT EXISTS by_grant ON artifacts (grant_id) WHERE grant_id IS NOT NULL;
    CREATE INDEX IF NOT EXISTS by_user_code ON artifacts (user_code) WHERE user_code IS NOT NULL;
    CREATE INDEX IF NOT EXISTS by_uid ON artifacts (uid) WHERE uid IS NOT NULL;
  `)
  const run = <Row extends pg.QueryResultRow>(name: string, text: string, values: unknown[]) =>
    pool.query<Row>({ name, text, values })
  const findBy = async (column: string, model: string, value: string) => {
    const text = `SELECT payload FROM artifacts
                  WHERE model = $1 AND ${column} = $2 AND (expires_at IS NULL OR expires_at > now())`
    const { rows } = await run<{ payload: AdapterPayload }>(`find_by_${column}`, text, [model, value])
    return rows[0]?.payload
  }

  return (model) => ({
    async upsert(id, payload, expiresIn) {
      const expiresAt = expiresIn ? new Date(Date.now() + expiresIn * 1000) : null
      const { grantId = null, userCode = null, uid = null } = payload
      await run(
        'upsert',
        `INSERT INTO artifacts (model, id, payload, grant_id, user_code, uid, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (model, id) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id,
           user_code = excluded.user_code, uid = excluded.uid, expires_at = excluded.expires_at`,
        [model, id, payload, grantId, userCode, uid, expiresAt],
      )
    },
    find: (id) => findBy('id', model, id),
    findByUid: (uid) => findBy('uid', model, uid),
    findByUserCode: (userCode) => findBy('user_code', model, userCode),
    async consume(id) {
      await run(
        'consume',
        `UPDATE artifacts SET payload = payload || jsonb_build_object('consumed', floor(extract(epoch FROM now())))
         WHERE model = $1 AND id = $2`,
        [model, id],
      )
    },
    async destroy(id) {
      await run('destroy', 'DELETE FROM artifacts WHERE model = $1 AND id = $2', [model, id])
    },
    async revokeByGrantId(grantId) {
      await run('revoke', 'DELETE FROM artifacts WHERE grant_id = $1', [grantId])
    },
  })
}

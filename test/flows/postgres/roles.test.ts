import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  migratePostgres,
  openPostgresStore,
  type PostgresStore,
} from '../../../clientele/src/stores/postgres.ts'
import {
  sampleArtifact,
  sampleAudit,
  sampleClient,
  sampleSigningKey,
} from '../../../clientele/src/testing/store-samples.ts'
import { useDatabase } from '../../harness/postgres.ts'

const database = useDatabase()
const schema = database.newSchema()
const suffix = randomBytes(4).toString('hex')
const ROLES = ['registration', 'authorization', 'registry'] as const
const [registration, authorization, registry, nobody] = [...ROLES, 'nobody'].map(
  (name) => `user_${name}_${suffix}`,
) as [string, string, string, string]
const client = sampleClient({
  secrets: [
    { hash: 'the hash', sealed: 'the sealed copy', createdAt: 1, expiresAt: 0 },
    { hash: 'the old hash', sealed: 'the old sealed copy', createdAt: 1, expiresAt: 9 },
  ],
})
const deleted = sampleClient()
const warned: object[] = []
let owner: PostgresStore

beforeAll(async () => {
  owner = await openPostgresStore({ url: database.url, schema, log: { warn: (facts) => warned.push(facts) } })
  await owner.createClient(client, { audit: sampleAudit(client.id) })
  await owner.createClient(deleted, { audit: sampleAudit(deleted.id) })
  await owner.deleteClient(deleted.id, sampleAudit(deleted.id))
  const sign = "LOGIN PASSWORD 'p'"
  for (const [index, user] of [registration, authorization, registry].entries())
    await database.run(`CREATE ROLE ${user} ${sign} IN ROLE ${schema}_${ROLES[index]}`)
  await database.run(`CREATE ROLE ${nobody} ${sign}`)
}, 60_000)
afterAll(async () => {
  await owner?.close()
  await database.run(`DROP SCHEMA ${schema} CASCADE`)
  for (const role of [registration, authorization, registry, nobody])
    await database.run(`DROP ROLE IF EXISTS ${role}`)
  for (const role of ROLES) await database.run(`DROP ROLE IF EXISTS ${schema}_${role}`)
})

const CLIENT_WRITES = [
  "INSERT INTO clients (key, revision, status) VALUES ('x', 1, 'active')",
  'UPDATE clients SET revision = revision + 1',
  'DELETE FROM clients',
  'TRUNCATE clients',
  'SELECT * FROM clients FOR UPDATE',
  'ALTER TABLE clients ADD COLUMN x TEXT',
  'DROP TABLE clients',
  "INSERT INTO client_terms (key, client_key, term) VALUES ('x', 'x', 'x')",
  'DELETE FROM client_terms',
  "UPDATE client_registry SET status = 'active'",
]

describe('the role of the authorization host', () => {
  it('reads clients and cannot write them, in any way', async () => {
    const rows = await as(authorization, 'SELECT key FROM clients')
    expect(rows.map(({ key }) => key)).toEqual(expect.arrayContaining([client.id]))
    for (const sql of CLIENT_WRITES)
      await expect(as(authorization, sql), sql).rejects.toThrow(/permission denied|must be owner/)
    expect(await owner.findClient(client.id)).toStrictEqual(client)
  })

  it('sees no credentials, and cannot change accounts or what was audited', async () => {
    for (const sql of [
      'SELECT * FROM api_keys',
      'SELECT * FROM initial_access_tokens',
      'SELECT * FROM service_accounts',
      'SELECT * FROM budgets',
      'DELETE FROM accounts',
      'DELETE FROM audit',
      'SELECT * FROM audit',
      "UPDATE audit SET record = ''",
      "INSERT INTO migrations VALUES (99, 'x', 'x', 1, 1)",
    ])
      await expect(as(authorization, sql), sql).rejects.toThrow('permission denied')
  })

  it('is enough for a store that serves logins: everything but what writes clients', async () => {
    const url = database.urlFor(authorization, 'p')
    const store = await openPostgresStore({ url, schema, role: 'authorization' })
    expect(await store.findClient(client.id)).toStrictEqual(client)
    const code = sampleArtifact({ kind: 'AuthorizationCode' })
    await store.saveArtifact(code)
    expect(await store.consumeArtifact(code.kind, code.id, 5)).toBe(true)
    await store.deleteArtifactsOfGrant('g')
    expect(await store.deleteExpiredArtifacts(1, 10)).toBe(0)
    expect(await store.createFirstSigningKeys([sampleSigningKey()], sampleAudit('keys'))).toBe(true)
    await store.appendAudit(sampleAudit('someone', 'client.used_unregistered'))
    await store.ready()
    const other = sampleClient()
    await expect(store.createClient(other, { audit: sampleAudit(other.id) })).rejects.toThrow('unavailable')
    await expect(store.deleteClient(client.id, sampleAudit(client.id))).rejects.toThrow('unavailable')
    expect(await store.findClient(client.id)).toStrictEqual(client)
    await store.close()
  })
})

describe('a user of the role of the authorization host who means harm', () => {
  const store = () =>
    openPostgresStore({ url: database.urlFor(authorization, 'p'), schema, role: 'authorization' })

  it('touches no receipt, lease, lock, count or cursor of those who register', async () => {
    for (const table of ['receipts', 'leases', 'attempts', 'locks', 'cursors'])
      for (const sql of [
        `DELETE FROM ${table}`,
        `SELECT * FROM ${table}`,
        `INSERT INTO ${table} DEFAULT VALUES`,
      ])
        await expect(as(authorization, sql), sql).rejects.toThrow('permission denied')
    const login = await store()
    await login.takeLease({ name: 'sweep', holder: 'login', seconds: 60 })
    expect(await owner.takeLease({ name: 'sweep', holder: 'owner', seconds: 60 })).toBe(true)
    await login.close()
  })

  it('adds to the feed, and gives nothing a position, and nothing that no reader could take', async () => {
    for (const sql of [
      "INSERT INTO feed (key, audit_keys, arrived_at, position) VALUES (1, '[1]', 0, 8000000000000000)",
      'UPDATE feed SET position = 1',
      'DELETE FROM feed',
    ])
      await expect(as(authorization, sql), sql).rejects.toThrow('permission denied')
    for (const [key, keys] of [
      ['9007199254740993', '[1]'],
      ['-1', '[1]'],
      ['1', `[${'1,'.repeat(40_000)}1]`],
    ])
      await expect(
        as(authorization, `INSERT INTO feed (key, audit_keys, arrived_at) VALUES (${key}, '${keys}', 0)`),
      ).rejects.toThrow('check constraint')
  })

  it('stops no reader of the feed with what has no audit record: it is skipped, and logged once', async () => {
    const forged = ['[1]', '[]', '{', '["x"]', '[1e99]', 'null', '[900001]', '[900002]']
    for (const [index, keys] of forged.entries())
      await as(
        authorization,
        `INSERT INTO feed (key, audit_keys, arrived_at) VALUES (${index}, '${keys}', 0)`,
      )
    await as(
      authorization,
      "INSERT INTO audit VALUES ('x', 900001, 'no JSON'), ('x', 900002, '{\"action\":1}')",
    )
    const told: string[] = []
    for (let after: string | undefined; ; ) {
      const entries = await owner.listAuditAfter({ after, limit: 2 })
      told.push(...entries.map(({ record }) => record.action))
      if (entries.length === 0) break
      after = entries.at(-1)!.position
    }
    expect(told).toEqual(expect.arrayContaining(['client.registered']))
    await owner.listAuditAfter({ limit: 100 })
    expect(warned.length).toBe(forged.length)
    expect((await owner.listAudit({ limit: 100 })).length).toBeGreaterThanOrEqual(told.length)
    expect(await owner.listAudit({ subject: 'x', limit: 100 })).toEqual([])
  })
})

describe('the role of the registration host', () => {
  it('is enough for a store that does everything, and can neither make tables nor change what was audited', async () => {
    const store = await openPostgresStore({
      url: database.urlFor(registration, 'p'),
      schema,
      role: 'registration',
    })
    const mine = sampleClient({ holds: ['budget'], terms: ['a=b'] })
    const audit = sampleAudit(mine.id)
    expect(await store.createClient(mine, { budgets: [{ key: 'budget', most: 9 }], audit })).toBe('created')
    expect(await store.replaceClient({ ...mine, revision: 2 }, { audit })).toBe('replaced')
    expect(await store.deleteClient(mine.id, audit)).toBe(true)
    expect(await store.setReplayMark({ kind: 'Replay', id: 'y' })).toBe(true)
    expect((await store.listAuditAfter({ limit: 100 })).length).toBeGreaterThan(2)
    expect(await store.moveCursor('reader', undefined, '1-0')).toBe(true)
    expect(await store.takeLease({ name: 'other', holder: 'x', seconds: 5 })).toBe(true)
    await store.counting.deleteExpired(1, 1)
    await store.listSigningKeys()
    await store.ready()
    await store.close()
    for (const sql of [
      'DELETE FROM audit',
      'TRUNCATE clients',
      'DROP TABLE clients',
      'ALTER TABLE clients ADD COLUMN x TEXT',
      `CREATE TABLE ${schema}.x (a INT)`,
      'DELETE FROM migrations',
      'SELECT * FROM authorization_receipts',
    ])
      await expect(as(registration, sql), sql).rejects.toThrow(/permission denied|must be owner/)
  })
})

describe('the role of other authorization servers', () => {
  it('reads the view, which has what they need and no secret', async () => {
    const rows = await as(registry, 'SELECT * FROM client_registry')
    expect(rows.length).toBe(1)
    const [row] = rows
    expect(row).toMatchObject({ client_id: client.id, status: 'active', revision: '1' })
    expect(JSON.parse(row!.metadata!)).toEqual(client.granted)
    expect(JSON.parse(row!.secret_hashes!)).toEqual([
      { hash: 'the hash', expires_at: 0 },
      { hash: 'the old hash', expires_at: 9 },
    ])
    expect(JSON.stringify(row)).not.toContain('sealed')
  })

  it('reads nothing else and writes nothing', async () => {
    for (const sql of [
      ...CLIENT_WRITES,
      'SELECT * FROM clients',
      'SELECT * FROM audit',
      'SELECT * FROM artifacts',
    ])
      await expect(as(registry, sql), sql).rejects.toThrow(/permission denied|must be owner/)
  })
})

describe('a database user who may not make roles', () => {
  it('is told what somebody must run who may, and migrates all the same', async () => {
    const mine = database.newSchema()
    await database.run(`CREATE SCHEMA ${mine} AUTHORIZATION ${nobody}`)
    const { ran, refused } = await migratePostgres({ url: database.urlFor(nobody, 'p'), schema: mine })
    expect(ran.length).toBeGreaterThan(0)
    expect(refused[0]).toBe(`CREATE ROLE ${mine}_registration NOLOGIN`)
    for (const sql of refused) await database.run(sql)
    // From then on nothing is missing: the owner of the schema grants what is new.
    expect((await migratePostgres({ url: database.urlFor(nobody, 'p'), schema: mine })).refused).toEqual([])
    await database.run(`DROP SCHEMA ${mine} CASCADE`)
    for (const role of ROLES) await database.run(`DROP ROLE ${mine}_${role}`)
  })
})

/** Runs SQL on the schema as somebody else. */
async function as(user: string, sql: string): Promise<Record<string, string>[]> {
  const connection = new pg.Client({
    connectionString: database.urlFor(user, 'p'),
    options: `-c search_path=${schema}`,
  })
  await connection.connect()
  try {
    return (await connection.query<Record<string, string>>(sql)).rows
  } finally {
    await connection.end()
  }
}

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
const [authorization, registry, nobody] = ['a', 'r', 'n'].map((name) => `user_${name}_${suffix}`) as [
  string,
  string,
  string,
]
const client = sampleClient({
  secrets: [
    { hash: 'the hash', sealed: 'the sealed copy', createdAt: 1, expiresAt: 0 },
    { hash: 'the old hash', sealed: 'the old sealed copy', createdAt: 1, expiresAt: 9 },
  ],
})
const deleted = sampleClient()
let owner: PostgresStore

beforeAll(async () => {
  owner = await openPostgresStore({ url: database.url, schema })
  await owner.createClient(client, { audit: sampleAudit(client.id) })
  await owner.createClient(deleted, { audit: sampleAudit(deleted.id) })
  await owner.deleteClient(deleted.id, sampleAudit(deleted.id))
  const sign = "LOGIN PASSWORD 'p'"
  await database.run(`CREATE ROLE ${authorization} ${sign} IN ROLE ${schema}_authorization`)
  await database.run(`CREATE ROLE ${registry} ${sign} IN ROLE ${schema}_registry`)
  await database.run(`CREATE ROLE ${nobody} ${sign}`)
}, 60_000)
afterAll(async () => {
  await owner?.close()
  await database.run(`DROP SCHEMA ${schema} CASCADE`)
  for (const role of [authorization, registry, nobody]) await database.run(`DROP ROLE IF EXISTS ${role}`)
  for (const role of [`${schema}_authorization`, `${schema}_registry`])
    await database.run(`DROP ROLE IF EXISTS ${role}`)
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
      "UPDATE audit SET record = ''",
      "INSERT INTO migrations VALUES (99, 'x', 'x', 1, 1)",
    ])
      await expect(as(authorization, sql), sql).rejects.toThrow('permission denied')
  })

  it('is enough for a store that serves logins: everything but what writes clients', async () => {
    const store = await openPostgresStore({ url: database.urlFor(authorization, 'p'), schema })
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
    expect(refused[0]).toBe(`CREATE ROLE ${mine}_authorization NOLOGIN`)
    for (const sql of refused) await database.run(sql)
    await database.run(`DROP SCHEMA ${mine} CASCADE`)
    for (const role of ['authorization', 'registry']) await database.run(`DROP ROLE ${mine}_${role}`)
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

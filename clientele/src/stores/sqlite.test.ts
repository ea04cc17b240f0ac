import Database from 'better-sqlite3'
import { afterAll, describe, expect, it } from 'vitest'
import { decodeKey } from '../clients/credential.ts'
import { systemEventLoop } from '../runtime/event-loop.ts'
import { keyFromUuid } from '../runtime/time-ordered.ts'
import { describeStore } from '../testing/store-contract.ts'
import {
  sampleAccount,
  sampleApiKey,
  sampleArtifact,
  sampleAudit,
  sampleClient,
  sampleInitialAccessToken,
  sampleServiceAccount,
  sampleSigningKey,
} from '../testing/store-samples.ts'
import { createTemporaryFolder } from '../testing/temporary-folder.ts'
import { createSqliteStore } from './sqlite/create-store.ts'
import { migrate } from './sqlite/migrate.ts'
import { migrations } from './sqlite/migrations.ts'
import { openDatabase } from './sqlite/open-database.ts'
import { openSqliteStore } from './sqlite.ts'
import { StoreUnavailable } from './store.ts'

const folder = createTemporaryFolder()
afterAll(folder.remove)
const newFile = () => folder.newFile('clientele.db')

describeStore('the SQLite store', () => openSqliteStore({ file: newFile() }), { describe, it, expect })

describe('the SQLite store', () => {
  it('has everything again after it was closed and opened', async () => {
    const file = newFile()
    const [client, named, token] = [
      sampleClient(),
      sampleClient({ id: 'https://client.example', holds: ['k \ud800'], terms: ['t \ud800'] }),
      sampleInitialAccessToken(),
    ]
    const [artifact, account, key] = [sampleArtifact({ consumedAt: 5 }), sampleAccount(), sampleSigningKey()]
    const before = await openSqliteStore({ file })
    await before.createInitialAccessToken(token, sampleAudit(token.id))
    await before.createClient(client, { spends: token.id, audit: sampleAudit(client.id) })
    const budgets = [{ key: 'window', most: 9, windowEnds: 2_000_000_000 }]
    await before.createClient(named, { budgets, audit: sampleAudit(named.id) })
    await before.saveArtifact(artifact)
    await before.createAccount(account, sampleAudit(account.id))
    await before.createFirstSigningKeys([key], sampleAudit(key.kid))
    const [apiKey, service] = [sampleApiKey({ lastUsedAt: 5 }), sampleServiceAccount()]
    await before.createApiKey(apiKey, sampleAudit(apiKey.id))
    await before.createServiceAccount(service, sampleAudit(service.name))
    const audit = await before.listAudit({ limit: 99 })
    await before.close()

    const after = await openSqliteStore({ file })
    expect(await after.findClient(client.id)).toStrictEqual(client)
    expect(await after.findClient(named.id)).toStrictEqual(named)
    expect(await after.listClients({ limit: 9, term: 't \ud800' })).toStrictEqual([named])
    expect([await after.countBudget('k \ud800', 1), await after.countBudget('window', 1)]).toEqual([1, 1])
    expect(await after.findInitialAccessToken(token.id)).toStrictEqual({
      ...token,
      usesLeft: 0,
      lastUsedAt: client.createdAt,
    })
    expect(await after.findArtifact(artifact.kind, artifact.id)).toStrictEqual(artifact)
    expect(await after.findAccountByEmail(account.email)).toStrictEqual(account)
    expect(await after.listSigningKeys()).toStrictEqual([key])
    expect(await after.listAudit({ limit: 99 })).toStrictEqual(audit)
    expect(await after.findApiKey(apiKey.id)).toStrictEqual(apiKey)
    expect(await after.findServiceAccount(service.name)).toStrictEqual(service)
    expect(audit.length).toBe(7)
    await after.close()
  })

  it('puts clients and artifacts with growing ids under growing keys, and indexes none of their ids', async () => {
    const database = await openMigrated()
    const store = createSqliteStore(database, systemEventLoop)
    const clients = Array.from({ length: 3 }, () => sampleClient())
    for (const client of clients) await store.createClient(client, { audit: sampleAudit(client.id) })
    const artifacts = Array.from({ length: 3 }, () => sampleArtifact())
    for (const artifact of artifacts) await store.saveArtifact(artifact)
    const idsByKey = (table: string) =>
      database.prepare(`SELECT id FROM ${table} WHERE key > 0 ORDER BY key`).pluck().all()
    expect(idsByKey('clients')).toEqual(clients.map((client) => client.id))
    expect(idsByKey('artifacts')).toEqual(artifacts.map((artifact) => artifact.id))
    await store.close()
  })

  it('answers every look-up by a key or an index, never by reading a whole table', async () => {
    const seen: string[] = []
    const file = newFile()
    ;(await openSqliteStore({ file })).close()
    const database = new Database(file, { verbose: (sql) => seen.push(`${sql}`) })
    const store = createSqliteStore(database, systemEventLoop)
    const counted = sampleClient({ holds: ['a'], terms: ['t'] })
    const budgets = [{ key: 'w', most: 9, windowEnds: counted.createdAt + 1 }]
    const audit = sampleAudit(counted.id)
    await store.createClient(counted, { budgets, audit })
    const changed = { ...counted, holds: ['b'], terms: ['u'], updatedAt: counted.createdAt + 1, revision: 2 }
    await store.replaceClient(changed, { budgets, audit })
    await store.listClients({ limit: 1 })
    await store.listClients({ limit: 1, after: counted.id, term: 'u' })
    await store.deleteClient(counted.id, audit)
    await store.countBudget('w', 1)
    await store.deleteExpiredBudgets(1, 1)
    const client = sampleClient()
    await store.createClient(client, { audit: sampleAudit(client.id), spends: 'none' })
    for (const id of [client.id, 'any text']) {
      await store.findClient(id)
      await store.replaceClient({ ...client, id }, { audit: sampleAudit(id) })
      await store.replaceClient(
        { ...client, id, revision: 2 },
        { audit: sampleAudit(id), replayMark: { kind: 'Replay', id } },
      )
      await store.deleteClient(id, sampleAudit(id))
      await store.findInitialAccessToken(id)
      await store.listInitialAccessTokens({ limit: 1 })
      await store.findServiceAccount(id)
      await store.listServiceAccounts({ limit: 1, after: id })
      await store.noteServiceAccountUse(id, 1)
      await store.deleteServiceAccount(id, sampleAudit(id))
      for (const kind of ['Session', 'SomethingNew']) {
        await store.saveArtifact(sampleArtifact({ kind, id }))
        await store.findArtifact(kind, id)
        await store.consumeArtifact(kind, id, 1)
        await store.deleteArtifact(kind, id)
        await store.findArtifactByUid(kind, id)
        await store.findArtifactByUserCode(kind, id)
      }
      await store.deleteArtifactsOfGrant(id)
      await store.findAccount(id)
      await store.findAccountByEmail(id)
      await store.listAudit({ subject: id, limit: 1 })
    }
    const { id: keyed } = sampleApiKey()
    await store.revokeInitialAccessToken(keyed, 1, sampleAudit(keyed))
    await store.findApiKey(keyed)
    await store.listApiKeys({ limit: 1 })
    await store.noteApiKeyUse(keyed, 1)
    await store.revokeApiKey(keyed, 1, sampleAudit(keyed))
    await store.deleteExpiredArtifacts(1, 1)
    const statements = new Set(seen.filter((sql) => /^(SELECT|UPDATE|DELETE|INSERT)/.test(sql)))
    expect(statements.size > 20).toBe(true)
    const scans = [...statements].flatMap((sql) =>
      (database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[])
        .filter(({ detail }) => detail.startsWith('SCAN') && detail !== 'SCAN CONSTANT ROW')
        .map(({ detail }) => `${detail}: ${sql}`),
    )
    expect(scans).toEqual([])
    await store.close()
  })

  it('shows a client as it was, not as a failed change would have made it, when the disk is full', async () => {
    const database = await openMigrated()
    const store = createSqliteStore(database, systemEventLoop)
    const client = sampleClient()
    const token = sampleInitialAccessToken()
    await store.createClient(client, { audit: sampleAudit(client.id) })
    await store.createInitialAccessToken(token, sampleAudit(token.id))
    await store.findClient(client.id)

    database.pragma(`max_page_count = ${database.pragma('page_count', { simple: true })}`)
    const large = { ...client, revision: 2, registrationAccessTokenHash: 'x'.repeat(100_000) }
    const other = sampleClient({ holds: ['k'], registrationAccessTokenHash: 'x'.repeat(100_000) })
    const replayMark = { kind: 'StatementReplay', id: 'any text' }
    const budgets = [{ key: 'k', most: 9 }]
    const changes = [
      store.deleteClient(client.id, sampleAudit(client.id)),
      store.replaceClient(large, { audit: sampleAudit(client.id) }),
      store.createClient(other, { spends: token.id, replayMark, budgets, audit: sampleAudit(other.id) }),
    ]
    for (const change of await Promise.allSettled(changes)) {
      expect(change).toMatchObject({ status: 'rejected', reason: new StoreUnavailable(undefined) })
    }
    expect(await store.findClient(client.id)).toStrictEqual(client)
    expect(await store.findClient(other.id)).toBe(undefined)
    expect(await store.findInitialAccessToken(token.id)).toStrictEqual(token)
    expect(await store.findArtifact(replayMark.kind, replayMark.id)).toBe(undefined)
    expect(await store.countBudget('k', 1)).toBe(0)
    expect((await store.listAudit({ limit: 99 })).length).toBe(2)

    database.pragma('max_page_count = 1000000')
    expect(await store.replaceClient(large, { audit: sampleAudit(client.id) })).toBe('replaced')
    expect(await store.findClient(client.id)).toStrictEqual(large)
    await store.close()
  })

  it('is not ready when it cannot write, and ready again when it can', async () => {
    const database = await openMigrated()
    const store = createSqliteStore(database, systemEventLoop)
    database.pragma('query_only = ON')
    await expect(store.ready()).rejects.toThrow(StoreUnavailable)
    database.pragma('query_only = OFF')
    await store.ready()
    await store.close()
  })

  it('rejects reads with StoreUnavailable when the database is damaged', async () => {
    const database = await openMigrated()
    const store = createSqliteStore(database, systemEventLoop)
    database.exec('DROP TABLE clients')
    await expect(store.findClient('any text')).rejects.toThrow(StoreUnavailable)
    await store.close()
  })

  it('keeps the initial access tokens of a database that the first version wrote', async () => {
    const file = newFile()
    const old = await openDatabase(file)
    migrate(old, migrations.slice(0, 1), 5)
    const token = sampleInitialAccessToken({ label: 'old', usesLeft: 3 })
    old
      .prepare(
        `INSERT INTO initial_access_tokens (key, hash, label, uses_left, expires_at, created_at)
         VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(decodeKey(token.id), token.hash, token.label, token.usesLeft, token.expiresAt, token.createdAt)
    old.close()
    const store = await openSqliteStore({ file })
    expect(await store.findInitialAccessToken(token.id)).toStrictEqual(token)
    expect(await store.listInitialAccessTokens({ limit: 9 })).toStrictEqual([token])
    const client = sampleClient()
    expect(await store.createClient(client, { spends: token.id, audit: sampleAudit(client.id) })).toBe(
      'created',
    )
    await store.close()
  })

  it('counts, lists and finds the clients of a database from before there were budgets', async () => {
    const file = newFile()
    const old = await openDatabase(file)
    migrate(old, migrations.slice(0, 2), 5)
    const client = sampleClient()
    const insert = 'INSERT INTO clients (key, id, revision, record) VALUES (?, ?, 1, ?)'
    old.prepare(insert).run(keyFromUuid(client.id), client.id, JSON.stringify(client))
    old.close()
    const store = await openSqliteStore({ file })
    expect(await store.listClients({ limit: 9 })).toStrictEqual([client])
    const changed = { ...client, holds: ['a'], terms: ['t'], revision: 2 }
    const change = { budgets: [{ key: 'a', most: 1 }], audit: sampleAudit(client.id) }
    expect(await store.replaceClient(changed, change)).toBe('replaced')
    expect(await store.countBudget('a', 1)).toBe(1)
    expect(await store.listClients({ limit: 9, term: 't' })).toStrictEqual([changed])
    await store.close()
  })

  it('keeps neither the terms of a deleted client nor a budget that nobody uses', async () => {
    const database = await openMigrated()
    const store = createSqliteStore(database, systemEventLoop)
    const rows = () =>
      ['budgets', 'client_terms'].map((table) =>
        database.prepare(`SELECT count(*) FROM ${table}`).pluck().get(),
      )
    const client = sampleClient({ holds: ['a', 'b', 'a'], terms: ['\ud800', 'u', '\ud800'] })
    await store.createClient(client, { audit: sampleAudit(client.id) })
    expect(rows()).toEqual([2, 2])
    const changed = { ...client, holds: ['b'], terms: ['u', 'v'], revision: 2 }
    await store.replaceClient(changed, { audit: sampleAudit(client.id) })
    expect(rows()).toEqual([1, 2])
    await store.deleteClient(client.id, sampleAudit(client.id))
    expect(rows()).toEqual([0, 0])
    await store.close()
  })

  it('asks no more of the database for a registration that counts against nothing', async () => {
    const seen: string[] = []
    const file = newFile()
    ;(await openSqliteStore({ file })).close()
    const database = new Database(file, { verbose: (sql) => seen.push(`${sql}`.replace(/\s.*/s, '')) })
    const store = createSqliteStore(database, systemEventLoop)
    const client = sampleClient()
    const audit = sampleAudit(client.id)
    const statementsOf = async (change: () => Promise<unknown>) => {
      seen.length = 0
      await change()
      return [...seen]
    }
    expect(await statementsOf(() => store.createClient(client, { audit }))).toEqual([
      'BEGIN',
      'INSERT',
      'INSERT',
      'COMMIT',
    ])
    expect(await statementsOf(() => store.replaceClient({ ...client, revision: 2 }, { audit }))).toEqual([
      'BEGIN',
      'SELECT',
      'UPDATE',
      'INSERT',
      'COMMIT',
    ])
    // Each key is looked up and written once; each term is written.
    const counted = sampleClient({ holds: ['a'], terms: ['t'] })
    const budgets = [
      { key: 'a', most: 9 },
      { key: 'w', most: 9, windowEnds: client.createdAt + 60 },
    ]
    expect(await statementsOf(() => store.createClient(counted, { budgets, audit }))).toEqual([
      'BEGIN',
      'INSERT',
      'SELECT',
      'SELECT',
      'INSERT',
      'INSERT',
      'INSERT',
      'INSERT',
      'COMMIT',
    ])
    await store.close()
  })

  it('refuses a database that a newer version wrote, and leaves it free', async () => {
    const file = newFile()
    const database = await openDatabase(file)
    migrate(database, [...migrations, { number: migrations.length + 1, name: 'future', sql: 'SELECT 1' }], 1)
    database.close()
    await expect(openSqliteStore({ file })).rejects.toThrow('written by a newer version of Clientele')
    const again = await openDatabase(file)
    again.close()
  })
})

async function openMigrated(): Promise<Database.Database> {
  const database = await openDatabase(newFile())
  migrate(database, migrations, 1)
  return database
}

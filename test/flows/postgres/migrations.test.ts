import { describe, expect, it } from 'vitest'
import { migrations } from '../../../clientele/src/stores/postgres/migrations.ts'
import { migratePostgres, openPostgresStore } from '../../../clientele/src/stores/postgres.ts'
import {
  sampleAudit,
  sampleClient,
  sampleInitialAccessToken,
} from '../../../clientele/src/testing/store-samples.ts'
import { useDatabase } from '../../harness/postgres.ts'
import { createUntil, storedIds } from './load.ts'

const database = useDatabase()
const newest = migrations.length

describe('the schema', () => {
  it('is made once by eight instances that start at once on an empty database', async () => {
    const schema = database.newSchema()
    const stores = await Promise.all(
      Array.from({ length: 8 }, () => openPostgresStore({ url: database.url, schema })),
    )
    const steps = await database.run(
      `SELECT number::int FROM ${schema}.migrations WHERE number > 0 ORDER BY 1`,
    )
    expect(steps).toEqual(migrations.map(({ number }) => ({ number })))
    expect(new Set(stores.map(({ instance }) => instance)).size).toBe(8)
    const client = sampleClient()
    await stores[0]!.createClient(client, { audit: sampleAudit(client.id) })
    for (const store of stores) expect(await store.findClient(client.id)).toStrictEqual(client)
    await Promise.all(stores.map((store) => store.close()))
  }, 60_000)

  it('is brought up to date once by many who migrate at once, and says who did what', async () => {
    const schema = database.newSchema()
    await migratePostgres({ url: database.url, schema, migrations: migrations.slice(0, 1) })
    const all = await Promise.all(
      Array.from({ length: 6 }, () => migratePostgres({ url: database.url, schema })),
    )
    expect(all.flatMap(({ ran }) => ran)).toEqual(
      migrations.slice(1).map(({ number, name }) => `${number} ${name}`),
    )
  }, 60_000)

  it('is upgraded under running servers: old and new work side by side, and the old one can start again', async () => {
    const schema = database.newSchema()
    const before = { url: database.url, schema, migrations: migrations.slice(0, 1) }
    const old = await openPostgresStore(before)
    const token = sampleInitialAccessToken({ usesLeft: 100_000 })
    await old.createInitialAccessToken(token, sampleAudit(token.id))
    let isOver = false
    const oldLoad = createUntil(() => isOver, old, token.id, 4)
    const fresh = await openPostgresStore({ url: database.url, schema })
    const newLoad = createUntil(() => isOver, fresh, token.id, 4)
    const restarted = await openPostgresStore(before)
    const client = sampleClient()
    expect(await restarted.createClient(client, { audit: sampleAudit(client.id) })).toBe('created')
    expect(await fresh.replaceClient({ ...client, revision: 2 }, { audit: sampleAudit(client.id) })).toBe(
      'replaced',
    )
    expect((await old.findClient(client.id))?.revision).toBe(2)
    expect(await old.deleteClient(client.id, sampleAudit(client.id))).toBe(true)
    isOver = true
    const told = [await oldLoad, await newLoad]
    expect(told.flatMap(({ wrong }) => wrong)).toEqual([])
    expect(told.map(({ unavailable }) => unavailable)).toEqual([0, 0])
    const created = new Set(told.flatMap((one) => [...one.created]))
    expect(await storedIds(fresh)).toEqual(created)
    expect((await old.findInitialAccessToken(token.id))?.usesLeft).toBe(100_000 - created.size)
    await Promise.all([old, fresh, restarted].map((store) => store.close()))
  }, 60_000)

  it('of a newer version is refused by one that it does not work with, with a sentence', async () => {
    const schema = database.newSchema()
    const next = (runsWith: number) => [
      ...migrations,
      {
        number: newest + 1,
        name: 'future',
        runsWith,
        sql: (name: string) => [`CREATE TABLE ${name}.future (key TEXT PRIMARY KEY)`],
      },
    ]
    await migratePostgres({ url: database.url, schema, migrations: next(newest + 1) })
    await expect(openPostgresStore({ url: database.url, schema })).rejects.toThrow(
      'newer version of Clientele',
    )
    const other = database.newSchema()
    await migratePostgres({ url: database.url, schema: other, migrations: next(newest) })
    await (await openPostgresStore({ url: database.url, schema: other })).close()
  })

  it('that does not fit, or has a name that is none, is refused and left alone', async () => {
    const schema = database.newSchema()
    await migratePostgres({ url: database.url, schema })
    await database.run(`UPDATE ${schema}.migrations SET checksum = 'x' WHERE number = 1`)
    await expect(openPostgresStore({ url: database.url, schema })).rejects.toThrow(
      'does not fit this version',
    )
    const reserved = ['user', 'order', 'table', 'authorization', 'left', 'pg_x', 'pg_catalog']
    for (const name of ['', 'A', 'a b', 'a;drop', '1a', 'x'.repeat(42), ...reserved])
      await expect(migratePostgres({ url: database.url, schema: name })).rejects.toThrow('name of a schema')
  })

  it('has only steps that let the version before work on', () => {
    for (const { number, runsWith } of migrations)
      expect(runsWith).toBeLessThanOrEqual(Math.max(1, number - 1))
  })
})

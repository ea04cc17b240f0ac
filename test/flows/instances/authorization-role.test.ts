import { afterAll, beforeAll, expect, it } from 'vitest'
import { attemptsOf } from '../../../clientele/src/authorization/accounts/attempts.ts'
import { countsInDatabase } from '../../../clientele/src/runtime/windowed-count.ts'
import { openPostgresStore } from '../../../clientele/src/stores/postgres.ts'
import { sampleAudit } from '../../../clientele/src/testing/store-samples.ts'
import { useDatabase } from '../../harness/postgres.ts'

/** What an authorization host does beside others with a database user who may not write clients. */
const database = useDatabase()
const schema = database.newSchema()
const user = `host_${schema}`
beforeAll(async () => {
  await (await openPostgresStore({ url: database.url, schema })).close()
  await database.run(`CREATE ROLE ${user} LOGIN PASSWORD 'secret' IN ROLE ${schema}_authorization`)
}, 60_000)
afterAll(async () => {
  const roles = ['registration', 'authorization', 'registry'].map((role) => `${schema}_${role}`).join(', ')
  await database.run(`DROP OWNED BY ${user}, ${roles}`)
  await database.run(`DROP ROLE ${user}, ${roles}`)
})

it('leads, counts failures, sets marks and tells what it did, and can neither read the feed on nor move a cursor', async () => {
  const store = await openPostgresStore({
    url: database.urlFor(user, 'secret'),
    schema,
    role: 'authorization',
  })
  try {
    expect(await store.takeLease({ name: 'sweep', holder: 'host', seconds: 5 })).toBe(true)
    await store.releaseLease('sweep', 'host')
    const attempts = attemptsOf(1, countsInDatabase(store.counting)('test', 60))
    expect([await attempts.take('key'), (await attempts.take('key'))! > 0]).toEqual([undefined, true])
    const rows = await database.run(`SELECT points FROM ${schema}.authorization_attempts`)
    expect(rows).toEqual([{ points: '2' }])
    expect(await store.setReplayMark({ kind: 'Replay', id: 'x' })).toBe(true)
    await store.appendAudit(sampleAudit('x', 'client.used_unregistered'))
    await expect(store.moveCursor('webhook', undefined, '1-0')).rejects.toThrow()
  } finally {
    await store.close()
  }
  const owner = await openPostgresStore({ url: database.url, schema })
  expect((await owner.listAuditAfter({ limit: 9 })).map(({ record }) => record.subject)).toEqual(['x'])
  await owner.close()
})

import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { openPostgresStore } from '../../../clientele/src/stores/postgres.ts'
import type { Store } from '../../../clientele/src/stores/store.ts'
import { sampleAudit, sampleClient } from '../../../clientele/src/testing/store-samples.ts'
import { useDatabase } from '../../harness/postgres.ts'

/** The audit trail as an outbox, where several instances write it and nobody's clock is right. */
const database = useDatabase()
const SECOND = 1000
const clockOff = (seconds: number) => ({ milliseconds: () => Date.now() + seconds * SECOND })

async function withStores(clocks: readonly number[], body: (...stores: Store[]) => Promise<void>) {
  const options = clocks.map((seconds) => ({ url: database.url, clock: clockOff(seconds) }))
  const stores = await Promise.all(options.map(openPostgresStore))
  try {
    await database.empty()
    await body(...stores)
  } finally {
    await Promise.all(stores.map((store) => store.close()))
  }
}

async function readOn(store: Store, after?: string): Promise<{ position?: string; subjects: string[] }> {
  const subjects: string[] = []
  let position = after
  for (;;) {
    const page = await store.listAuditAfter({ after: position, limit: 10 })
    if (page.length === 0) return { ...(position === undefined ? {} : { position }), subjects }
    subjects.push(...page.map(({ record }) => record.subject))
    position = page.at(-1)!.position
  }
}

describe('the feed of a database that several instances write', () => {
  it('does not skip a transaction that began first and is committed last', async () => {
    await withStores([0, 0], async (here, there) => {
      const late = new pg.Client({ connectionString: database.url })
      await late.connect()
      try {
        await late.query('BEGIN')
        await late.query(`INSERT INTO clientele.audit (subject, key, record) VALUES ('late', 1, $1)`, [
          JSON.stringify(sampleAudit('late')),
        ])
        await late.query(`INSERT INTO clientele.feed (key, audit_keys, arrived_at) VALUES (1, '[1]', 1)`)
        await here.appendAudit(sampleAudit('early'))
        const before = await readOn(there)
        expect(before.subjects).toEqual(['early'])
        await late.query('COMMIT')
        expect((await readOn(there, before.position)).subjects).toEqual(['late'])
        expect((await readOn(here)).subjects).toEqual(['early', 'late'])
      } finally {
        await late.end()
      }
    })
  })

  it('keeps cause before effect when the clock of one instance is a minute ahead, the other’s behind', async () => {
    await withStores([60, -60], async (ahead, behind) => {
      const clients = Array.from({ length: 20 }, () => sampleClient())
      for (const client of clients) {
        await ahead.createClient(client, { audit: sampleAudit(client.id) })
        await behind.replaceClient(
          { ...client, revision: 2 },
          { audit: sampleAudit(client.id, 'client.updated') },
        )
        await ahead.deleteClient(client.id, sampleAudit(client.id, 'client.deleted'))
      }
      const seen = await behind.listAuditAfter({ limit: 100 })
      expect(seen.map(({ record }) => [record.subject, record.action])).toEqual(
        clients.flatMap(({ id }) => [
          [id, 'client.registered'],
          [id, 'client.updated'],
          [id, 'client.deleted'],
        ]),
      )
    })
  })

  it('hands the same records in the same places to readers of two instances while both write', async () => {
    await withStores([0, 60], async (here, there) => {
      const write = (store: Store, name: string) =>
        Promise.all(
          Array.from({ length: 150 }, (_, index) => store.appendAudit(sampleAudit(`${name} ${index}`))),
        )
      const writing = Promise.all([write(here, 'here'), write(there, 'there')])
      const follow = async (store: Store) => {
        const entries: { position: string; subject: string }[] = []
        while (entries.length < 300) {
          const page = await store.listAuditAfter({ after: entries.at(-1)?.position, limit: 13 })
          entries.push(...page.map(({ position, record }) => ({ position, subject: record.subject })))
        }
        return entries
      }
      const [mine, theirs] = await Promise.all([follow(here), follow(there), writing])
      expect(theirs).toEqual(mine)
      expect(new Set(mine.map(({ subject }) => subject)).size).toBe(300)
    })
  })

  it('gives a lease by the database’s clock, whatever the clocks of the instances say', async () => {
    await withStores([0, 60], async (here, ahead) => {
      const lease = { name: 'sweep', seconds: 30 }
      expect(await here.takeLease({ ...lease, holder: 'here' })).toBe(true)
      expect(await ahead.takeLease({ ...lease, holder: 'ahead' })).toBe(false)
      await here.releaseLease('sweep', 'here')
      expect(await ahead.takeLease({ ...lease, holder: 'ahead' })).toBe(true)
      expect(await here.takeLease({ ...lease, holder: 'here' })).toBe(false)
    })
  })
})

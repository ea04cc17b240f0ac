import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { afterAll, expect, it } from 'vitest'
import { openSqliteStore } from '../../clientele/src/stores/sqlite.ts'
import { sampleAudit, sampleInitialAccessToken } from '../../clientele/src/testing/store-samples.ts'
import { createTemporaryFolder } from '../../clientele/src/testing/temporary-folder.ts'
import { runUntilKilled } from './durability/killed-child.ts'

const KILLS = 15
const USES = 1_000_000_000
const WRITER = fileURLToPath(new URL('durability/store-writer.ts', import.meta.url))

const folder = createTemporaryFolder()
afterAll(folder.remove)

it(`has every write that it promised, and none of them by half, after ${KILLS} SIGKILLs under load`, async () => {
  const file = folder.newFile('clientele.db')
  const token = sampleInitialAccessToken({ usesLeft: USES })
  const store = await openSqliteStore({ file })
  await store.createInitialAccessToken(token, sampleAudit(token.id, 'initial_access_token.created'))
  await store.close()

  /** The newest revision that each client was promised to have; 0 for deleted. */
  const promised = new Map<string, number>()
  for (let kill = 0; kill < KILLS; kill++) {
    const { lines } = await runUntilKilled([WRITER, file, token.id], Math.random() * 400)
    for (const [, id, revision] of lines.slice(1).map((line) => line.split(' ')))
      promised.set(id!, Number(revision))
    await checkPromises(file, promised)
    checkWholeness(file)
  }
  expect(promised.size > 100 * KILLS).toBe(true)
  expect([...promised.values()].filter((revision) => revision === 0).length > 0).toBe(true)
}, 120_000)

/** A change that was not yet promised may have been made all the same: then the client is newer, never older. */
async function checkPromises(file: string, promised: ReadonlyMap<string, number>): Promise<void> {
  const store = await openSqliteStore({ file })
  const broken: string[] = []
  for (const [id, revision] of promised) {
    const client = await store.findClient(id)
    const kept = client
      ? revision !== 0 && client.revision >= revision
      : revision === 0 || (await wasDeleted(id))
    if (!kept) broken.push(id)
  }
  await store.close()
  expect(broken).toEqual([])

  async function wasDeleted(subject: string): Promise<boolean> {
    const audit = await store.listAudit({ subject, limit: 1 })
    return audit[0]?.action === 'client.deleted'
  }
}

/** Every change is there with its audit record and its spent use, or not at all, promised or not. */
function checkWholeness(file: string): void {
  const database = new Database(file, { readonly: true })
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
  const audited = new Map<string, string[]>()
  const audit = database.prepare(
    "SELECT subject, action FROM audit WHERE action LIKE 'client.%' ORDER BY position",
  )
  for (const { subject, action } of audit.all() as { subject: string; action: string }[]) {
    audited.set(subject, [...(audited.get(subject) ?? []), action])
  }
  const clients = database.prepare('SELECT id, revision, record FROM clients').all() as ClientRow[]
  const halves = clients.filter(({ id, revision, record }) => {
    const expected = ['client.registered']
    if (revision === 2) expected.push('client.updated')
    if (record === null) expected.push('client.deleted')
    const written = record === null || (JSON.parse(record) as { revision: number }).revision === revision
    return !written || audited.get(id)?.join() !== expected.join()
  })
  expect(halves).toEqual([])
  expect(audited.size).toBe(clients.length)
  expect(database.prepare('SELECT uses_left FROM initial_access_tokens').pluck().all()).toEqual([
    USES - clients.length,
  ])
  database.close()
}

interface ClientRow {
  readonly id: string
  readonly revision: number
  readonly record: string | null
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { sampleAudit, sampleClient } from '../../testing/store-samples.ts'
import { openSqliteStore } from '../sqlite.ts'

it('the view client_registry has what another server needs, no sealed copy, and no deleted client', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-view-'))
  const file = join(folder, 'clientele.db')
  const store = await openSqliteStore({ file })
  const secrets = [
    { hash: 'the hash', sealed: 'the sealed copy', createdAt: 1, expiresAt: 0 },
    { hash: 'the old hash', sealed: 'the old sealed copy', createdAt: 1, expiresAt: 9 },
  ]
  const client = sampleClient({ secrets })
  const plain = sampleClient({ id: 'chosen/by the operator', secrets: [] })
  const deleted = sampleClient()
  for (const each of [client, plain, deleted]) await store.createClient(each, { audit: sampleAudit(each.id) })
  await store.deleteClient(deleted.id, sampleAudit(deleted.id, 'client.deleted'))
  await store.close()
  const copy = new Database(file, { readonly: true })
  const rows = copy.prepare('SELECT * FROM client_registry').all() as Record<string, string>[]
  copy.close()
  rmSync(folder, { recursive: true })

  const byId = new Map(rows.map((row) => [row.client_id, row]))
  expect([...byId.keys()].sort()).toEqual([client.id, plain.id].sort())
  expect(byId.get(client.id)).toMatchObject({ status: 'active', revision: client.revision })
  expect(JSON.parse(byId.get(client.id)!.metadata!)).toEqual(client.granted)
  expect(JSON.parse(byId.get(client.id)!.secret_hashes!)).toEqual([
    { hash: 'the hash', expires_at: 0 },
    { hash: 'the old hash', expires_at: 9 },
  ])
  expect(JSON.parse(byId.get(plain.id)!.secret_hashes!)).toEqual([])
  expect(JSON.stringify(rows)).not.toContain('sealed')
})

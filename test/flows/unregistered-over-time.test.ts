/** What becomes of an unregistered client's use: the audit trail, the day the door is closed, the day its id is registered. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { OAuthError } from '../../clientele/src/oauth/errors.ts'
import { nowInSeconds, systemClock } from '../../clientele/src/runtime/clock.ts'
import { parseConfig } from '../../clientele/src/server/config.ts'
import { startServer } from '../../clientele/src/server/start-server.ts'
import { openSqliteStore } from '../../clientele/src/stores/sqlite.ts'
import type { Store } from '../../clientele/src/stores/store.ts'
import { sampleAudit, sampleClient } from '../../clientele/src/testing/store-samples.ts'
import { logIn } from '../harness/client-login.ts'
import { ADA, type RealServer, readServer } from '../harness/real-server.ts'

const ID = 'notes-for-everyone'
const LOGIN = {
  redirectUri: 'https://app.example.org/cb?tenant=7',
  scope: 'openid email',
  pkce: true,
  method: 'none',
  refresh: false,
} as const

/** As much of it as these tests use. */
type Served = RealServer

let data: string
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'clientele-unregistered-'))
})
afterEach(() => rmSync(data, { recursive: true, force: true }))

/** Runs a server on the data folder for a while. */
async function whileServing<T>(require: boolean, use: (server: Served) => Promise<T>): Promise<T> {
  const config = parseConfig({
    server: { port: 0, data, drain_seconds: 1 },
    registration: { anonymous: true, require },
  })
  const running = await startServer(config)
  try {
    const known = await running.createAccount(ADA).catch((error: OAuthError) => error.reason)
    expect(typeof known === 'string' ? known : 'new').toMatch(/^new$|^account\.email_taken$/)
    return await use((await readServer(running.url, running.issuer)) as Served)
  } finally {
    await running.close()
  }
}

/** Opens the store between two runs of the server. */
async function inStore<T>(use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openSqliteStore({ file: join(data, 'clientele.db'), clock: systemClock })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

async function userinfo(server: Served, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` }
  return (await fetch(`${server.url}/userinfo`, { headers })).status
}

test('every consent is in the audit trail: who, for which id, to where, for what, and no query of the address', async () => {
  await whileServing(false, (server) => logIn(server, { client_id: ID }, LOGIN))
  const records = await inStore((store) => store.listAudit({ subject: ID, limit: 10 }))
  expect(records).toEqual([
    {
      action: 'client.used_unregistered',
      at: expect.any(Number),
      subject: ID,
      actor: expect.stringMatching(/^account:\S+$/),
      detail: { returns_to: 'https://app.example.org', scope: 'openid email' },
    },
  ])
})

test('its tokens die when the operator closes the door', async () => {
  const { tokens } = await whileServing(false, (server) => logIn(server, { client_id: ID }, LOGIN))
  const token = tokens.body.access_token!
  expect(await whileServing(false, (server) => userinfo(server, token))).toBe(200)
  expect(await whileServing(true, (server) => userinfo(server, token))).toBe(401)
})

test('somebody who registers the id later gets nothing that strangers were given under it, and it stays dead when deleted', async () => {
  const { tokens } = await whileServing(false, (server) => logIn(server, { client_id: ID }, LOGIN))
  const token = tokens.body.access_token!
  const registered = sampleClient({ id: ID, createdAt: nowInSeconds(systemClock) + 1 })
  await inStore((store) => store.createClient(registered, { audit: sampleAudit(ID) }))
  expect(await whileServing(false, (server) => userinfo(server, token))).toBe(401)

  await inStore((store) => store.deleteClient(ID, sampleAudit(ID, 'client.deleted')))
  await whileServing(false, async (server) => {
    expect(await userinfo(server, token)).toBe(401)
    await expect(logIn(server, { client_id: ID }, LOGIN)).rejects.toThrow(/not known here/)
  })
})

import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseConfig } from '../../../clientele/src/server/config.ts'
import { type RunningServer, startServer } from '../../../clientele/src/server/start-server.ts'
import { useDatabase } from '../../harness/postgres.ts'
import { readAnswer } from '../../harness/registration.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../../harness/webhook-receiver.ts'

/** Several servers on one PostgreSQL, one receiver of events. */

const SECRET = `whsec_${randomBytes(32).toString('base64')}`
const PATIENT = { timeout: 20_000 }
const database = useDatabase()
let folder: string
let receiver: WebhookReceiver

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-webhooks-'))
  writeFileSync(join(folder, 'sealing.key'), randomBytes(32).toString('base64'), { mode: 0o600 })
  receiver = await startWebhookReceiver(SECRET)
})
afterAll(async () => {
  await receiver?.close()
  rmSync(folder, { recursive: true, force: true })
})

function start(name: string): Promise<RunningServer> {
  const data = join(folder, name)
  return startServer(
    parseConfig({
      server: { port: 0, data, drain_seconds: 1, sealing_key_file: join(folder, 'sealing.key') },
      storage: { url: database.url },
      registration: { anonymous: true },
      events: { webhooks: [{ url: receiver.url, secret: SECRET }] },
    }),
  )
}
async function register({ url }: RunningServer): Promise<string> {
  const answer = await fetch(`${url}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: ['https://client.example/cb'] }),
  })
  expect(answer.status).toBe(201)
  return (await readAnswer(answer)).body.client_id
}
const told = () => receiver.events.map(({ body }) => body.data.client_id as string)

it('one of two tells what happens at both, once; when it stops the other goes on, and nothing is left out', async () => {
  const [a, b] = [await start('a'), await start('b')]
  try {
    await expect.poll(async () => (await register(a)) && told().length, PATIENT).toBeGreaterThan(0)
    const before: string[] = []
    for (let index = 0; index < 10; index++) before.push(await register(index % 2 === 0 ? a : b))
    await expect.poll(() => before.every((id) => told().includes(id)), PATIENT).toBe(true)
    expect(receiver.events.length).toBe(new Set(told()).size)
    // In the order of the registrations, whichever server took them.
    expect(told().filter((id) => before.includes(id))).toEqual(before)
    await a.close()
    const after: string[] = []
    for (let index = 0; index < 5; index++) after.push(await register(b))
    await expect.poll(() => after.every((id) => told().includes(id)), PATIENT).toBe(true)
    expect(told().filter((id) => after.includes(id))).toEqual(after)
    expect(receiver.forged).toEqual([])
  } finally {
    await a.close()
    await b.close()
  }
}, 90_000)

import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseConfig } from '../../../clientele/src/server/config.ts'
import { type RunningServer, startServer } from '../../../clientele/src/server/start-server.ts'
import { freePort } from '../../harness/free-port.ts'
import { readAnswer } from '../../harness/registration.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../../harness/webhook-receiver.ts'

/** Events by webhook, from a real server to real receivers. */

const SECRET = `whsec_${randomBytes(32).toString('base64')}`
const OLD_SECRET = `whsec_${randomBytes(24).toString('base64')}`
const WEB = { redirect_uris: ['https://client.example/cb'] }
let data: string
let receiver: WebhookReceiver
const running: RunningServer[] = []

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'clientele-webhooks-'))
  receiver = await startWebhookReceiver(SECRET)
})
afterEach(async () => {
  for (const server of running.splice(0)) await server.close()
  await receiver.close()
  rmSync(data, { recursive: true, force: true })
})

async function start(webhooks: readonly object[], more: object = {}): Promise<RunningServer> {
  const server = await startServer(
    parseConfig({
      server: { port: 0, data, drain_seconds: 1, ...more },
      registration: { anonymous: true },
      events: { webhooks },
    }),
  )
  running.push(server)
  return server
}
async function register(server: RunningServer, name = 'client') {
  const answer = await fetch(`${server.url}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...WEB, client_name: name }),
  })
  expect(answer.status).toBe(201)
  return (await readAnswer(answer)).body
}
function manage(method: string, client: Record<string, string>, body?: object) {
  return fetch(client.registration_client_uri!, {
    method,
    headers: {
      authorization: `Bearer ${client.registration_access_token}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify({ client_id: client.client_id, ...WEB, ...body }) }),
  })
}
const told = (of: WebhookReceiver = receiver) => of.events.map(({ body }) => [body.type, body.data.client_id])
const PATIENT = { timeout: 15_000 }

describe('a webhook', () => {
  it('tells of a client’s life in order, signed, with no secret in it', async () => {
    const server = await start([{ url: receiver.url, secret: SECRET }])
    await expect.poll(async () => (await register(server)) && told().length, PATIENT).toBeGreaterThan(0)
    const client = await register(server)
    await manage('PUT', client, { client_name: 'renamed' })
    await manage('DELETE', client)
    const about = () => receiver.events.filter(({ body }) => body.data.client_id === client.client_id)
    await expect.poll(() => about().length, PATIENT).toBe(3)
    expect(about().map(({ body }) => [body.type, body.data.revision])).toEqual([
      ['client.registered', 1],
      ['client.updated', 2],
      ['client.deleted', undefined],
    ])
    const [first] = about()
    expect(first!.body).toEqual({
      type: 'client.registered',
      timestamp: new Date(client.client_id_issued_at * 1000).toISOString(),
      data: { at: client.client_id_issued_at, client_id: client.client_id, revision: 1, actor: 'open' },
    })
    expect(Math.abs(first!.timestamp - Date.now() / 1000)).toBeLessThan(60)
    const raw = receiver.events.map((event) => event.raw).join()
    expect(raw).not.toContain(client.client_secret)
    expect(raw).not.toContain(client.registration_access_token)
    expect(receiver.forged).toEqual([])
    expect(new Set(receiver.events.map(({ id }) => id)).size).toBe(receiver.events.length)
  }, 40_000)

  it('is told of what it asked for, and each secret of its file signs', async () => {
    const file = join(data, 'secrets')
    writeFileSync(file, `${OLD_SECRET}\n${SECRET}\n`)
    const server = await start([
      { url: receiver.url, secret_file: file, events: ['client.deleted', 'api_key.created'] },
    ])
    // What is told first is behind the place where the follower began.
    await expect
      .poll(async () => {
        await server.createApiKey({ permissions: ['authenticate'], expiresInSeconds: null })
        return receiver.events.length
      }, PATIENT)
      .toBeGreaterThan(0)
    const client = await register(server)
    await manage('DELETE', client)
    await expect.poll(() => told().at(-1), PATIENT).toEqual(['client.deleted', client.client_id])
    expect(new Set(receiver.events.map(({ body }) => body.type))).toEqual(
      new Set(['api_key.created', 'client.deleted']),
    )
    expect(receiver.events.every(({ signatures }) => signatures.length === 2)).toBe(true)
    expect(receiver.events[0]!.body.data).not.toHaveProperty('client_id')
    expect(receiver.events[0]!.body.data.subject).toMatch(/^[0-9a-z]{11}$/)
  }, 40_000)

  it('that fails is told again, the same event with the same id, and what is behind it waits', async () => {
    const server = await start([{ url: receiver.url, secret: SECRET }])
    await expect.poll(async () => (await register(server)) && told().length, PATIENT).toBeGreaterThan(0)
    const quiet = await register(server)
    await expect.poll(() => told().at(-1), PATIENT).toEqual(['client.registered', quiet.client_id])
    let refusals = 2
    receiver.answer = (_event, response) => void response.writeHead(refusals-- > 0 ? 500 : 200).end()
    const before = receiver.events.length
    const [one, two] = [await register(server), await register(server)]
    await expect.poll(() => told().at(-1), PATIENT).toEqual(['client.registered', two.client_id])
    const later = receiver.events.slice(before).filter(({ body }) => body.data.client_id === one.client_id)
    expect(later.length).toBe(3)
    expect(new Set(later.map(({ id }) => id)).size).toBe(1)
    expect(new Set(later.map(({ raw }) => raw)).size).toBe(1)
  }, 40_000)

  it('that is dead blocks neither registrations nor other webhooks, and is told of everything when it is back, also after a restart', async () => {
    const port = await freePort()
    const dead = `http://127.0.0.1:${port}/hook`
    const webhooks = [
      { url: dead, secret: SECRET },
      { url: receiver.url, secret: SECRET },
    ]
    const first = await start(webhooks)
    await expect.poll(async () => (await register(first)) && told().length, PATIENT).toBeGreaterThan(0)
    const clients = []
    for (let index = 0; index < 20; index++) clients.push(await register(first))
    const last = ['client.registered', clients.at(-1)!.client_id]
    await expect.poll(() => told().at(-1), PATIENT).toEqual(last)
    await first.close()
    running.splice(0)

    await start(webhooks)
    const back = await startWebhookReceiver(SECRET, port)
    try {
      await expect.poll(() => told(back).at(-1), PATIENT).toEqual(last)
      const expected = clients.map(({ client_id }) => ['client.registered', client_id])
      expect(told(back).slice(-20)).toEqual(expected)
      // The other one had them all, and has them once.
      expect(told().slice(-20)).toEqual(expected)
      expect(new Set(receiver.events.map(({ id }) => id)).size).toBe(receiver.events.length)
    } finally {
      await back.close()
    }
  }, 60_000)

  it('does not follow a redirect', async () => {
    const other = await startWebhookReceiver(SECRET)
    receiver.answer = (_event, response) => void response.writeHead(307, { location: other.url }).end()
    const server = await start([{ url: receiver.url, secret: SECRET }])
    await expect.poll(async () => (await register(server)) && told().length, PATIENT).toBeGreaterThan(1)
    expect(other.events).toEqual([])
    await other.close()
  }, 40_000)
})

describe('the configuration of a webhook', () => {
  const issuer = 'https://id.example.com'

  it.each([
    ['a loopback address', 'https://127.0.0.1/hook', 'the address is not public'],
    ['a private address', 'https://10.0.0.8/hook', 'the address is not public'],
    ['the address of cloud credentials', 'https://169.254.169.254/', 'the address is not public'],
    ['plain http', 'http://hooks.example.com/', 'the address is not https'],
  ])('refuses %s unless the operator says so', async (_name, url, why) => {
    const webhook = { url, secret: SECRET }
    await expect(start([webhook], { issuer })).rejects.toThrow(why)
    await start([{ ...webhook, allow_private_addresses: true }], { issuer })
  })

  it.each([
    ['no secret', { url: 'https://hooks.example.com/' }, 'exactly one of secret, secret_file'],
    ['two secrets', { url: 'https://x.example/', secret: SECRET, secret_file: 'x' }, 'exactly one of'],
    [
      'a secret that a person chose',
      { url: 'https://x.example/', secret: 'whsec_password' },
      'whsec_ and base64',
    ],
    [
      'an event that there is not',
      { url: 'https://x.example/', secret: SECRET, events: ['client.won'] },
      'events',
    ],
    ['no event', { url: 'https://x.example/', secret: SECRET, events: [] }, 'events'],
    ['something else than an address', { url: 'ftp://x.example/', secret: SECRET }, 'http or https'],
    ['an unknown key', { url: 'https://x.example/', secret: SECRET, secrets: 'x' }, 'secrets'],
  ])('refuses %s, without repeating a secret', (_name, webhook, why) => {
    const attempt = () => parseConfig({ events: { webhooks: [webhook] } })
    expect(attempt).toThrow(why)
    expect(attempt).not.toThrow(/whsec_[A-Za-z0-9+/]{8}/)
  })

  it('an address is logged without its path, which may be what opens the door there', async () => {
    const lines: string[] = []
    const note = (facts: object, message: string) => void lines.push(JSON.stringify(facts) + message)
    receiver.answer = (_event, response) => void response.writeHead(500).end()
    const url = `${receiver.url}/SECRET-IN-PATH?token=SECRET-IN-QUERY`
    const config = parseConfig({
      server: { port: 0, data, drain_seconds: 1 },
      registration: { anonymous: true },
      events: { webhooks: [{ url, secret: SECRET }] },
    })
    const server = await startServer(config, { log: { debug: note, info: note, warn: note, error: note } })
    running.push(server)
    await register(server)
    await expect.poll(() => lines.some((line) => line.includes('could not be delivered'))).toBe(true)
    expect(lines.join()).toContain(new URL(receiver.url).origin)
    expect(lines.join()).not.toContain('SECRET-IN')
  })

  it('with a name goes on where it was when its address changes', async () => {
    const first = await start([{ name: 'crm', url: receiver.url, secret: SECRET }])
    const told = () => receiver.events.map(({ body }) => body.data.client_id)
    await expect
      .poll(async () => (await register(first)) && told().length, { timeout: 15_000 })
      .toBeGreaterThan(0)
    await first.close()
    const silent = await start([])
    const client = await register(silent)
    await silent.close()
    await start([{ name: 'crm', url: `${receiver.url}/moved`, secret: SECRET }])
    await expect.poll(told, { timeout: 15_000 }).toContain(client.client_id)
  }, 40_000)

  it('refuses one receiver twice, a file that is missing, and one without secrets', async () => {
    const webhook = { url: receiver.url, secret: SECRET }
    expect(() => parseConfig({ events: { webhooks: [webhook, webhook] } })).toThrow('same url twice')
    const twins = [
      { ...webhook, name: 'a' },
      { ...webhook, name: 'a', url: 'https://other.example/' },
    ]
    expect(() => parseConfig({ events: { webhooks: twins } })).toThrow('same name twice')
    await expect(start([{ url: receiver.url, secret_file: join(data, 'none') }])).rejects.toThrow('ENOENT')
    writeFileSync(join(data, 'words'), 'password')
    await expect(start([{ url: receiver.url, secret_file: join(data, 'words') }])).rejects.toThrow('whsec_')
  })
})

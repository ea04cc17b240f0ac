import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { openGate } from '../gates/open.ts'
import { createMemoryStore } from '../stores/memory.ts'
import { createRegistrar } from './create-registrar.ts'
import { nodeHandler } from './node-handler.ts'
import type { RegistrarOptions } from './options.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

const makeRegistrar = (override: Partial<RegistrarOptions> = {}) =>
  createRegistrar({
    issuer: 'https://id.example.com',
    store: createMemoryStore(),
    gates: [openGate()],
    sealingKey: new Uint8Array(32),
    ...override,
  })

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  closing.push(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const register = (url: string, body: unknown = { redirect_uris: ['https://a.example/cb'] }) =>
  fetch(`${url}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

describe('a registrar under node:http', () => {
  it('registers, reads and answers what is not its own with 404', async () => {
    const handle = nodeHandler(makeRegistrar())
    const url = await serve((request, response) => void handle(request, response))
    const created = await register(url)
    expect(created.status).toBe(201)
    const { client_id, registration_access_token } = (await created.json()) as Record<string, string>
    const headers = { authorization: `Bearer ${registration_access_token}` }
    expect((await fetch(`${url}/register/${client_id}`, { headers })).status).toBe(200)
    expect((await fetch(`${url}/register/${client_id}`, { method: 'DELETE', headers })).status).toBe(204)
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404)
    expect((await fetch(`${url}/register`, { method: 'HEAD' })).status).toBe(405)
  })

  it('tells limits the address of the socket', async () => {
    const limits = { failures: { perAddress: 1, windowSeconds: 60 } }
    const handle = nodeHandler(makeRegistrar({ limits }))
    const url = await serve((request, response) => void handle(request, response))
    const statuses = []
    for (let at = 0; at < 2; at++) {
      const headers = { authorization: 'Bearer nonsense' }
      statuses.push((await fetch(`${url}/register/x`, { headers })).status)
    }
    expect(statuses).toEqual([401, 429])
  })

  it('hands on what is not its own, and faults, where there is a next', async () => {
    const registrar = makeRegistrar({
      store: { ...createMemoryStore(), createClient: () => Promise.reject(new Error('a bug')) },
    })
    const handle = nodeHandler(registrar)
    const url = await serve((request, response) =>
      handle(request, response, (error) => response.end(error ? (error as Error).message : 'next')),
    )
    expect(await (await fetch(`${url}/elsewhere`)).text()).toBe('next')
    expect(await (await register(url)).text()).toBe('a bug')
  })

  it('refuses a body that is too long without a declared length', async () => {
    const handle = nodeHandler(makeRegistrar({ limits: { bodyBytes: 1024 } }))
    const url = await serve((request, response) => void handle(request, response))
    const body = new Blob([JSON.stringify({ client_name: 'x'.repeat(4000) })]).stream()
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' }
    expect((await fetch(`${url}/register`, init as RequestInit)).status).toBe(413)
  })

  it.each([
    ['an object', (text: string) => JSON.parse(text)],
    ['a text', (text: string) => text],
    ['bytes', (text: string) => Buffer.from(text)],
  ])('takes a body that a parser read and left as %s', async (_kind, leave) => {
    const handle = nodeHandler(makeRegistrar())
    const url = await serve(async (request, response) => {
      Object.assign(request, { body: leave(await textOf(request)) })
      await handle(request, response)
    })
    expect((await register(url)).status).toBe(201)
  })

  it('stands behind the body parser of Express, and below a router that takes a prefix off the address', async () => {
    const registrar = makeRegistrar({ registrationEndpoint: '/auth/register' })
    const app = express()
    app.use(express.json())
    app.use('/auth', nodeHandler(registrar))
    app.use((_request, response) => void response.status(418).end())
    const url = await serve(app)
    expect((await register(`${url}/auth`)).status).toBe(201)
    const refused = await register(`${url}/auth`, { redirect_uris: ['https://a.example/#x'] })
    expect(await refused.json()).toMatchObject({ error: 'invalid_redirect_uri' })
    expect((await fetch(`${url}/auth/elsewhere`)).status).toBe(418)
  })

  it('says that a body was read and nothing is left of it', async () => {
    const errors: unknown[] = []
    const handle = nodeHandler(makeRegistrar())
    const url = await serve(async (request, response) => {
      await textOf(request)
      await handle(request, response, (error) => {
        errors.push(error)
        response.end()
      })
    })
    await register(url)
    expect(String(errors[0])).toMatch(/mount the registrar before whatever reads bodies/)
  })
})

async function textOf(request: AsyncIterable<Buffer>): Promise<string> {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

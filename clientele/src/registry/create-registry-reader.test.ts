import { beforeEach, describe, expect, it } from 'vitest'
import { createRegistryReader, RegistryUnavailable } from './create-registry-reader.ts'

const CLIENT = {
  client_id: 'c',
  status: 'active',
  revision: 1,
  metadata: {
    redirect_uris: [],
    grant_types: [],
    response_types: [],
    token_endpoint_auth_method: 'none',
    scope: '',
  },
  secret_hashes: [],
}

let now: number
let asked: { url: string; headers: Record<string, string> }[]
let answer: (headers: Record<string, string>) => Response | Promise<Response>
const clock = { milliseconds: () => now }
const fetch = async (url: string, init: RequestInit) => {
  const headers = init.headers as Record<string, string>
  asked.push({ url, headers })
  return answer(headers)
}
const json = (body: object, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers })
const unknown = () => json({ error: 'not_found', reason: 'client.unknown' }, 404)
const reader = (more: object = {}) =>
  createRegistryReader({ url: 'https://registry.example/', apiKey: 'k', fetch, clock, ...more })
const settle = () => new Promise((resolve) => setImmediate(resolve))

beforeEach(() => {
  now = 1_000_000
  asked = []
  answer = () => json(CLIENT, 200, { etag: '"1"' })
})

describe('a registry reader', () => {
  it('asks with its key below /registry/v1/clients, and answers from memory for half its time', async () => {
    const registry = reader()
    expect(await registry.findClient('c')).toEqual(CLIENT)
    now += 499
    expect(await registry.findClient('c')).toEqual(CLIENT)
    expect(asked.length).toBe(1)
    expect(asked[0]!.url).toBe('https://registry.example/registry/v1/clients/c')
    expect(asked[0]!.headers.authorization).toBe('Bearer k')
    expect(asked[0]!.headers['if-none-match']).toBeUndefined()
  })

  it('in the second half answers at once and asks behind, with the tag; then has the new state', async () => {
    const registry = reader()
    await registry.findClient('c')
    now += 500
    answer = () => json({ ...CLIENT, revision: 2 }, 200, { etag: '"2"' })
    expect((await registry.findClient('c'))?.revision).toBe(1)
    expect(asked[1]!.headers['if-none-match']).toBe('"1"')
    await settle()
    expect((await registry.findClient('c'))?.revision).toBe(2)
    expect(asked.length).toBe(2)
  })

  it('never answers with what is older than its time, also when the registry is away', async () => {
    const registry = reader()
    await registry.findClient('c')
    now += 1000
    answer = () => Promise.reject(new Error('no route'))
    await expect(registry.findClient('c')).rejects.toThrow(RegistryUnavailable)
    answer = () => new Response('busy', { status: 503 })
    await expect(registry.findClient('c')).rejects.toThrow('503')
    answer = () => unknown()
    expect(await registry.findClient('c')).toBeUndefined()
  })

  it('counts the age from when it asked, not from when it was answered', async () => {
    const registry = reader()
    answer = () => {
      now += 900
      return json(CLIENT)
    }
    await registry.findClient('c')
    now += 100
    await registry.findClient('c')
    expect(asked.length).toBe(2)
  })

  it('a clock that went back makes nothing fresh', async () => {
    const registry = reader()
    await registry.findClient('c')
    now -= 60_000
    await registry.findClient('c')
    expect(asked.length).toBe(2)
  })

  it('an unchanged client costs no body (304), and starts a new time', async () => {
    const registry = reader()
    await registry.findClient('c')
    now += 1000
    answer = (headers) => new Response(null, { status: headers['if-none-match'] === '"1"' ? 304 : 500 })
    expect(await registry.findClient('c')).toEqual(CLIENT)
    now += 499
    expect(await registry.findClient('c')).toEqual(CLIENT)
    expect(asked.length).toBe(2)
  })

  it('callers who want the same client at once share one request', async () => {
    const registry = reader()
    await Promise.all(Array.from({ length: 20 }, () => registry.findClient('c')))
    expect(asked.length).toBe(1)
  })

  it('remembers who is unknown, and only by the word of the registry itself', async () => {
    const registry = reader()
    answer = unknown
    expect(await registry.findClient('x')).toBeUndefined()
    expect(await registry.findClient('x')).toBeUndefined()
    expect(asked.length).toBe(1)
    answer = () => json({ error: 'not_found', reason: 'address.unknown' }, 404)
    await expect(registry.findClient('y')).rejects.toThrow('404')
    answer = () => new Response('<html>', { status: 404 })
    await expect(registry.findClient('z')).rejects.toThrow('404')
  })

  it.each([
    ['another client', () => json({ ...CLIENT, client_id: 'other' })],
    ['no client', () => json({})],
    ['no JSON', () => new Response('<html>')],
    ['a refusal', () => json({ error: 'invalid_token' }, 401)],
    ['a 304 that nobody asked for', () => new Response(null, { status: 304 })],
  ])('answered with %s it serves nobody', async (_name, wrong) => {
    answer = wrong
    await expect(reader().findClient('c')).rejects.toThrow(RegistryUnavailable)
  })

  it.each(['../../admin/v1/clients', '...', 'a.b', 'a/b?c#d', 'ä €', '%2e%2e'])(
    'asks for the id %j and stays below its address',
    async (id) => {
      answer = unknown
      await reader().findClient(id)
      const { pathname, search, hash } = new URL(asked[0]!.url)
      expect(pathname).toMatch(/^\/registry\/v1\/clients\/[^/]+$/)
      expect(search + hash).toBe('')
    },
  )

  it('never asks for what cannot be an id', async () => {
    for (const id of ['', '.', '..', '\ud800', undefined as unknown as string])
      expect(await reader().findClient(id)).toBeUndefined()
    expect(asked).toEqual([])
  })

  it('remembers no more clients than it may', async () => {
    const registry = reader({ mostClients: 2 })
    answer = unknown
    for (const id of ['a', 'b', 'c']) await registry.findClient(id)
    for (const id of ['b', 'c']) await registry.findClient(id)
    expect(asked.length).toBe(3)
    await registry.findClient('a')
    expect(asked.length).toBe(4)
  })

  it('with a time of 0 asks every time', async () => {
    const registry = reader({ maxStaleMilliseconds: 0 })
    await registry.findClient('c')
    await registry.findClient('c')
    expect(asked.length).toBe(2)
  })

  it.each([
    ['url', { url: 'registry.example' }],
    ['url', { url: undefined }],
    ['url', { url: 'https://registry.example/?a' }],
    ['url', { url: 'https://registry.example/#a' }],
    ['url', { url: 'https://u:p@registry.example' }],
    ['apiKey', { apiKey: '' }],
    ['apiKey', { apiKey: 'a\nb' }],
    ['maxStaleMilliseconds', { maxStaleMilliseconds: Number.NaN }],
    ['maxStaleMilliseconds', { maxStaleMilliseconds: Number.POSITIVE_INFINITY }],
    ['maxStaleMilliseconds', { maxStaleMilliseconds: '1000' }],
    ['timeoutMilliseconds', { timeoutMilliseconds: -1 }],
    ['mostClients', { mostClients: 1.5 }],
    ['fetch', { fetch: 'x' }],
    ['clock', { clock: {} }],
  ])('refuses a %s that is none at once: %o', (name, more) => {
    expect(() => reader(more)).toThrow(TypeError)
    expect(() => reader(more)).toThrow(name)
  })
})

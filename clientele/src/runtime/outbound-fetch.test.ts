import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createOutboundFetch, OutboundFetchError } from './outbound-fetch.ts'

describe('a request to an address that a client named', () => {
  let server: Server
  let port: number
  let reached = 0
  let connections = 0
  let answer: RequestListener
  beforeAll(async () => {
    server = createServer((request, response) => {
      reached++
      answer(request, response)
    })
    server.on('connection', () => {
      connections++
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })
  beforeEach(() => {
    reached = 0
    connections = 0
    answer = (_request, response) => response.setHeader('content-type', 'application/json').end('{"keys":[]}')
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  const guarded = createOutboundFetch()
  const local = createOutboundFetch({ allowLoopback: true })

  it.each([
    'https://127.0.0.1:PORT/',
    'https://[::ffff:127.0.0.1]:PORT/',
    'https://[::ffff:7f00:1]:PORT/',
    'https://2130706433:PORT/',
    'https://0x7f.1:PORT/',
    'https://0177.0.0.1:PORT/',
    'https://127.1:PORT/',
    'https://[::1]:PORT/',
    'https://0.0.0.0:PORT/',
    'https://localhost:PORT/',
    'https://10.0.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[fd00:ec2::254]/',
    'http://127.0.0.1:PORT/',
    'http://example.com/',
    'https://user:password@example.com/',
    'file:///etc/passwd',
    'data:,x',
    'nonsense',
  ])('never reaches %s', async (url) => {
    await expect(guarded(url.replace('PORT', String(port)))).rejects.toThrow(OutboundFetchError)
    expect(reached).toBe(0)
  })

  it('is refused when any answer of the resolver is not public, before a connection is made', async () => {
    const [local, mapped, open] = ['127.0.0.1', '::ffff:127.0.0.1', '93.184.216.34'].map((address) => ({
      address,
      family: address.includes(':') ? 6 : 4,
    }))
    const asked: string[] = []
    for (const addresses of [[local!], [local!, open!], [open!, local!], [mapped!], []]) {
      const rebinding = createOutboundFetch({
        timeoutMilliseconds: 1000,
        resolve: async (host) => {
          asked.push(host)
          return addresses
        },
      })
      await expect(rebinding(`https://rebind.example:${port}/jwks`)).rejects.toThrow(OutboundFetchError)
    }
    expect(asked).toEqual(Array.from({ length: 5 }, () => 'rebind.example'))
    expect(connections).toBe(0)
  })

  it('of a server on a loopback issuer may stay on this machine, and goes to no other private address', async () => {
    const response = await local(`http://127.0.0.1:${port}/jwks`)
    expect([response.status, await response.json()]).toEqual([200, { keys: [] }])
    const named = createOutboundFetch({
      allowLoopback: true,
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    })
    expect((await named(`http://localhost:${port}/jwks`)).status).toBe(200)
    reached = 0
    for (const url of ['http://10.0.0.1/', 'https://169.254.169.254/', 'http://example.com/']) {
      await expect(local(url), url).rejects.toThrow(OutboundFetchError)
    }
    const lan = createOutboundFetch({
      allowLoopback: true,
      resolve: async () => [{ address: '192.168.0.1', family: 4 }],
    })
    await expect(lan(`http://localhost:${port}/`)).rejects.toThrow(OutboundFetchError)
    expect(reached).toBe(0)
  })

  it('is told of a redirect and does not follow it', async () => {
    answer = (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end()
    expect((await local(`http://127.0.0.1:${port}/`)).status).toBe(302)
    expect(reached).toBe(1)
  })

  it('ends at the size limit, counted after decompression', async () => {
    const small = createOutboundFetch({ allowLoopback: true, maxBytes: 1000 })
    const bomb = gzipSync(Buffer.alloc(1_000_000))
    for (const [body, headers] of [
      [Buffer.alloc(1001), {}],
      [bomb, { 'content-encoding': 'gzip' }],
    ] as const) {
      answer = (_request, response) => response.writeHead(200, headers).end(body)
      await expect(small(`http://127.0.0.1:${port}/`)).rejects.toThrow(OutboundFetchError)
    }
    answer = (_request, response) => response.end(Buffer.alloc(1000))
    expect((await (await small(`http://127.0.0.1:${port}/`)).arrayBuffer()).byteLength).toBe(1000)
  })

  it('ends at the time limit, also when the answer trickles', async () => {
    const hasty = createOutboundFetch({ allowLoopback: true, timeoutMilliseconds: 200 })
    answer = (_request, response) => response.writeHead(200).write('{')
    await expect(hasty(`http://127.0.0.1:${port}/`)).rejects.toThrow(OutboundFetchError)
  })

  it('fails in one way whatever the reason', async () => {
    const messages = new Set<string>()
    for (const url of ['https://127.0.0.1/', 'http://127.0.0.1:1/', 'nonsense', 'http://example.com/']) {
      messages.add(
        await local(url).then(
          () => 'none',
          (error: Error) => error.message,
        ),
      )
    }
    expect([...messages]).toEqual(['the document could not be fetched'])
  })

  it('posts a form, as back-channel logout does', async () => {
    let body = ''
    answer = (request, response) =>
      request.on('data', (chunk) => (body += chunk)).on('end', () => response.end())
    await local(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      body: new URLSearchParams({ logout_token: 'x.y.z' }),
    })
    expect(body).toBe('logout_token=x.y.z')
  })
})

import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HttpServer, serveApp } from '../harness/http-server.ts'
import { setUpRegistration, WEB_CLIENT } from '../harness/registration.ts'

/** What only real HTTP can show of the registration endpoints: framing, methods, headers, slow and broken callers (RFC 9110, RFC 9112). */
const setup = setUpRegistration()
const closed = setUpRegistration({ anonymous: false })
let server: HttpServer
let closedServer: HttpServer

beforeAll(async () => {
  server = await serveApp(setup.app)
  closedServer = await serveApp(closed.app)
})
afterAll(async () => {
  await server.close()
  await closedServer.close()
  expect([...setup.faults, ...closed.faults]).toStrictEqual([])
})

const BODY = JSON.stringify(WEB_CLIENT)
const JSON_TYPE = { 'content-type': 'application/json' }
const head = (method: string, path: string, ...lines: string[]) =>
  `${[`${method} ${path} HTTP/1.1`, 'Host: as.example', ...lines].join('\r\n')}\r\n\r\n`
const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`

const jsonOf = async (response: Response) => (await response.json()) as Record<string, string>
const countClients = async () => (await setup.store.listAudit({ limit: 100_000 })).length
const post = (headers: Record<string, string>, body = BODY, at = server) =>
  fetch(`${at.url}/register`, { method: 'POST', headers, body })

describe('bodies', () => {
  it('in chunks are read like others (RFC 9112 §7.1) [REQ-02]', async () => {
    const connection = await server.open()
    await connection.write(
      head('POST', '/register', 'Content-Type: application/json', 'Transfer-Encoding: chunked'),
    )
    for (const character of BODY) await connection.write(chunk(character))
    await connection.write('0\r\n\r\n')
    const answer = await connection.answer()
    expect(answer.status).toBe(201)
    expect(JSON.parse(answer.body).redirect_uris).toStrictEqual(WEB_CLIENT.redirect_uris)
    connection.destroy()
  })

  it('that arrive slowly, a character split in the middle, are read to their end (RFC 9110 §6.4) [REQ-02]', async () => {
    const bytes = Buffer.from(JSON.stringify({ ...WEB_CLIENT, client_name: 'ü 名' }))
    const sent = request(`${server.url}/register`, {
      method: 'POST',
      headers: { ...JSON_TYPE, 'content-length': bytes.length },
    })
    const answered = new Promise<string>((resolve, reject) => {
      sent.on('error', reject)
      sent.on('response', async (response) => {
        let text = ''
        for await (const part of response.setEncoding('utf8')) text += part
        resolve(text)
      })
    })
    for (const byte of bytes) {
      await new Promise<void>((resolve) => sent.write(Buffer.of(byte), () => resolve()))
      await new Promise(setImmediate)
    }
    sent.end()
    expect(JSON.parse(await answered).client_name).toBe('ü 名')
  })

  it('declared too long are answered with 413 before any of it is sent (RFC 9110 §15.5.14) [REQ-10]', async () => {
    const connection = await server.open()
    await connection.write(
      head('POST', '/register', 'Content-Type: application/json', 'Content-Length: 65537'),
    )
    const answer = await connection.answer()
    expect(answer.status).toBe(413)
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'invalid_request', reason: 'body.too_large' })
    connection.destroy()
  })

  it('in chunks that grow too long are answered with 413 before their end (RFC 9110 §15.5.14) [REQ-10]', async () => {
    const connection = await server.open()
    await connection.write(
      head('POST', '/register', 'Content-Type: application/json', 'Transfer-Encoding: chunked'),
    )
    await connection.write(chunk('x'.repeat(65_536)))
    await connection.write(chunk('x'))
    const answer = await connection.answer()
    expect(answer.status).toBe(413)
    expect(answer.head).toMatch(/^content-type: application\/json$/im)
    connection.destroy()
  })

  it('sent whole although they are too long are answered with 413 too (RFC 9110 §15.5.14) [REQ-10]', async () => {
    const response = await post(JSON_TYPE, 'x'.repeat(1_000_000))
    expect(response.status).toBe(413)
    expect((await jsonOf(response)).error).toBe('invalid_request')
  })

  it('that end in the middle, with or without a length, register nothing and are no fault of the server [REQ-05] [SEC]', async () => {
    const before = await countClients()
    for (const framing of [`Content-Length: ${BODY.length}`, 'Transfer-Encoding: chunked']) {
      const connection = await server.open()
      await connection.write(head('POST', '/register', 'Content-Type: application/json', framing))
      await connection.write(framing.startsWith('C') ? BODY.slice(0, 10) : chunk(BODY))
      connection.destroy()
    }
    // Answered after those two were given up: the same event loop has seen them end.
    expect((await post(JSON_TYPE)).status).toBe(201)
    expect(await countClients()).toBe(before + 1)
    expect(setup.faults).toStrictEqual([])
  })

  it.each([
    ['two lengths', ['Content-Length: 5', 'Content-Length: 6']],
    ['a length that is no number', ['Content-Length: x']],
    ['a negative length', ['Content-Length: -1']],
    ['length and chunks at once', [`Content-Length: ${BODY.length}`, 'Transfer-Encoding: chunked']],
  ])('framed with %s are refused with 400 (RFC 9112 §6.3) [SEC]', async (_, lines) => {
    const connection = await server.open()
    await connection.write(head('POST', '/register', 'Content-Type: application/json', ...lines) + BODY)
    expect((await connection.answer()).status).toBe(400)
    connection.destroy()
  })

  it('one after the other on one connection do not mix (RFC 9112 §9.3) [REQ-18]', async () => {
    const connection = await server.open()
    const one =
      head('POST', '/register', 'Content-Type: application/json', `Content-Length: ${BODY.length}`) + BODY
    await connection.write(one + one)
    const [first, second] = [await connection.answer(), await connection.answer()]
    expect([first.status, second.status]).toStrictEqual([201, 201])
    expect(JSON.parse(first.body).client_id).not.toBe(JSON.parse(second.body).client_id)
    connection.destroy()
  })

  it('of DELETE are ignored (RFC 9110 §9.3.5) [DL-01]', async () => {
    const client = await jsonOf(await post(JSON_TYPE))
    const response = await fetch(client.registration_client_uri!.replace(setup.issuer, server.url), {
      method: 'DELETE',
      headers: { ...JSON_TYPE, authorization: `Bearer ${client.registration_access_token}` },
      body: '{',
    })
    expect(response.status).toBe(204)
    expect(await response.text()).toBe('')
  })

  it.each(['application/json; charset=utf-8', 'APPLICATION/JSON'])(
    'of the type %s register over HTTP [REQ-02]',
    async (type) => {
      expect((await post({ 'content-type': type })).status).toBe(201)
    },
  )

  it.each([
    'text/plain;charset=UTF-8',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ])(
    'of the type %s, which any web page may post unasked, are 415 (RFC 9110 §15.5.16) [REQ-03]',
    async (type) => {
      expect((await post({ 'content-type': type })).status).toBe(415)
    },
  )

  it('compressed are 415 (RFC 9110 §15.5.16) [REQ-16]', async () => {
    expect((await post({ ...JSON_TYPE, 'content-encoding': 'gzip' })).status).toBe(415)
  })
})

describe('methods', () => {
  it.each([
    ['GET', '/register', 'POST'],
    ['PUT', '/register', 'POST'],
    ['HEAD', '/register', 'POST'],
    ['POST', '/register/any', 'GET, PUT, DELETE'],
    ['PATCH', '/register/any', 'GET, PUT, DELETE'],
  ])('%s %s is 405 with Allow: %s (RFC 9110 §15.5.6) [REQ-09] [CFG-01]', async (method, path, allow) => {
    const response = await fetch(server.url + path, { method })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe(allow)
    expect(await response.text()).toHaveLength(
      method === 'HEAD' ? 0 : Number(response.headers.get('content-length')),
    )
  })

  it('HEAD of a registration is its GET without the body, and without secrets in the head (RFC 9110 §9.3.2) [CFG-01]', async () => {
    const client = await jsonOf(await post(JSON_TYPE))
    const uri = client.registration_client_uri!.replace(setup.issuer, server.url)
    const response = await fetch(uri, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${client.registration_access_token}` },
    })
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect((await fetch(uri, { method: 'HEAD' })).status).toBe(401)
  })

  it('a preflight and the request after it work as a browser sends them (Fetch §4.8) [CORS-01] [CORS-02]', async () => {
    const origin = 'https://inspector.example'
    const preflight = await fetch(`${server.url}/register`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,mcp-protocol-version',
      },
    })
    expect(preflight.status).toBe(204)
    const allowed = preflight.headers.get('access-control-allow-headers')!.toLowerCase().split(', ')
    for (const header of ['authorization', 'content-type', 'mcp-protocol-version'])
      expect(allowed).toContain(header)
    const response = await post({ ...JSON_TYPE, origin })
    expect(response.status).toBe(201)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    const manage = await fetch(`${server.url}/register/any`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'DELETE' },
    })
    expect(manage.headers.get('access-control-allow-methods')).toContain('DELETE')
  })
})

describe('headers', () => {
  it('two Authorization headers are refused with 400, the first of them being good or not (RFC 6750 §3.1) [IAT-06]', async () => {
    const good = await closed.initialAccessToken()
    for (const [first, second] of [
      [good, 'x'],
      ['x', good],
      [good, good],
    ]) {
      const connection = await closedServer.open()
      await connection.write(
        head(
          'POST',
          '/register',
          `Authorization: Bearer ${first}`,
          `Authorization: Bearer ${second}`,
          'Content-Type: application/json',
          `Content-Length: ${BODY.length}`,
        ) + BODY,
      )
      const answer = await connection.answer()
      expect(answer.status).toBe(400)
      expect(JSON.parse(answer.body).error).toBe('invalid_request')
      connection.destroy()
    }
  })

  it('two content types are not taken for the better one (RFC 9110 §5.3) [REQ-03]', async () => {
    const connection = await server.open()
    await connection.write(
      head(
        'POST',
        '/register',
        'Content-Type: text/plain',
        'Content-Type: application/json',
        `Content-Length: ${BODY.length}`,
      ) + BODY,
    )
    expect((await connection.answer()).status).toBe(415)
    connection.destroy()
  })

  it('a name that is too long or a head that is too large is refused and not by a crash (RFC 9110 §15.5.15) [SEC]', async () => {
    const connection = await server.open()
    await connection.write(head('POST', '/register', `Authorization: Bearer ${'x'.repeat(20_000)}`))
    expect((await connection.answer()).status).toBe(431)
    connection.destroy()
    expect((await post(JSON_TYPE)).status).toBe(201)
  })

  it('Host and its forwarded kin have no say in addresses (RFC 7592 §3) [RSP-14]', async () => {
    const connection = await server.open()
    const lines = [
      'Host: evil.example',
      'X-Forwarded-Host: evil.example',
      'X-Forwarded-Proto: gopher',
      'Content-Type: application/json',
    ]
    await connection.write(
      `POST /register HTTP/1.1\r\n${lines.join('\r\n')}\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
    )
    const { body } = await connection.answer()
    expect(JSON.parse(body).registration_client_uri).toMatch(/^https:\/\/as\.example\/register\//)
    expect(body).not.toContain('evil.example')
    connection.destroy()
  })

  it('a missing token is the bare challenge, a wrong one says so (RFC 6750 §3.1) [IAT-02] [IAT-03]', async () => {
    expect((await post(JSON_TYPE, BODY, closedServer)).headers.get('www-authenticate')).toBe(
      'Bearer realm="clientele"',
    )
    const wrong = await post({ ...JSON_TYPE, authorization: 'Bearer wrong' }, BODY, closedServer)
    expect(wrong.status).toBe(401)
    expect(wrong.headers.get('www-authenticate')).toContain('error="invalid_token"')
  })
})

describe('the journey of a client (RFC 7591, RFC 7592)', () => {
  it('registers, reads, updates and deletes at the addresses that it was given', async () => {
    const token = await closed.initialAccessToken({ usesLeft: 1 })
    const created = await post({ ...JSON_TYPE, authorization: `Bearer ${token}` }, BODY, closedServer)
    expect(created.status).toBe(201)
    const client = await jsonOf(created)
    const uri = client.registration_client_uri!.replace(closed.issuer, closedServer.url)
    const authorization = `Bearer ${client.registration_access_token}`
    expect(await (await fetch(uri, { headers: { authorization } })).json()).toStrictEqual(client)
    const body = JSON.stringify({ ...WEB_CLIENT, client_id: client.client_id, client_name: 'New' })
    const updated = await fetch(uri, { method: 'PUT', headers: { ...JSON_TYPE, authorization }, body })
    expect(updated.status).toBe(200)
    expect(await updated.json()).toStrictEqual({ ...client, client_name: 'New' })
    expect((await fetch(uri, { method: 'DELETE', headers: { authorization } })).status).toBe(204)
    expect((await fetch(uri, { headers: { authorization } })).status).toBe(401)
  })

  it('50 parallel registrations with a one-use token make one client, over 50 connections (RFC 7591 §3) [SEC]', async () => {
    const token = await closed.initialAccessToken({ usesLeft: 1 })
    const responses = await Promise.all(
      Array.from({ length: 50 }, () =>
        post({ ...JSON_TYPE, authorization: `Bearer ${token}` }, BODY, closedServer),
      ),
    )
    const statuses = responses.map(({ status }) => status).toSorted()
    expect(statuses).toStrictEqual([201, ...Array(49).fill(401)])
    await Promise.all(responses.map((response) => response.text()))
  })
})

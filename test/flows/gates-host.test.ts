import { afterAll, beforeAll, expect, it } from 'vitest'
import { type GatesServer, startGatesServer, WEB } from './gates-server.ts'

/** Duende's way: the program that embeds the server decides who may register, by whatever it knows. */

let server: GatesServer
const asked: string[] = []

beforeAll(async () => {
  server = await startGatesServer(
    {},
    {
      host: {
        // Its own scheme is the host's to judge; everything else is left to the other gates.
        recognizes: ({ credentials }) => credentials.kind === 'other' && credentials.scheme === 'session',
        async decide(request, operation) {
          asked.push(`${operation} ${await request.text()}`)
          const session = request.headers.get('authorization')
          if (session === 'Session ann') return { caller: { id: 'ann', owner: 'account:ann' } }
          return { refused: session === 'Session guest' ? 'permission' : 'credentials' }
        },
      },
    },
  )
})

afterAll(() => server.close())

it('admits whom the host admits, who then owns and manages what they registered', async () => {
  const authorization = 'Session ann'
  const client = await server.register(WEB, authorization)
  expect(client.status).toBe(201)
  expect((await server.manage('GET', client, { authorization })).status).toBe(200)
  expect((await server.manage('PUT', client, { authorization, body: { client_name: 'x' } })).status).toBe(200)
  expect((await server.manage('DELETE', client, { authorization })).status).toBe(204)
  expect(asked.slice(-4)).toEqual(['register ', 'read ', 'update ', 'delete '])
})

it('refuses with 401 and 403 whom the host refuses', async () => {
  const guest = await server.register(WEB, 'Session guest')
  expect([guest.status, guest.body.error]).toEqual([403, 'insufficient_scope'])
  const stranger = await server.register(WEB, 'Session eve')
  expect([stranger.status, stranger.body.error]).toEqual([401, 'invalid_token'])
  expect(stranger.headers.get('www-authenticate')).toMatch(/^Bearer realm="clientele"/)
})

it('leaves the other gates as they are', async () => {
  const { token } = await server.operator.createInitialAccessToken({ uses: 1, expiresInSeconds: 60 })
  expect((await server.register(WEB, `Bearer ${token}`)).status).toBe(201)
  expect((await server.register(WEB)).status).toBe(401)
})

it('without bounds of its own is the only gate that is asked, for every operation, whatever [management] says', async () => {
  const sole = await startGatesServer(
    { registration: { anonymous: true }, management: { read: [], update: [], delete: [] } },
    {
      host: {
        decide: (request) =>
          request.headers.get('authorization') === 'Session ann'
            ? { caller: { id: 'ann', owner: 'account:ann' } }
            : { refused: 'credentials' },
      },
    },
  )
  try {
    const client = await sole.register(WEB, 'Session ann')
    expect(client.status).toBe(201)
    expect((await sole.manage('GET', client, { authorization: 'Session ann' })).status).toBe(200)
    const { token } = await sole.operator.createInitialAccessToken({ uses: 1, expiresInSeconds: 60 })
    for (const authorization of [undefined, `Bearer ${token}`])
      expect((await sole.register(WEB, authorization)).status).toBe(401)
    // The client's own token is nobody else's to judge (RFC 7592 §2).
    expect((await sole.manage('GET', client)).status).toBe(200)
  } finally {
    await sole.close()
  }
})

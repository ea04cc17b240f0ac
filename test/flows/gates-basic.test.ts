import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Answer } from '../harness/registration.ts'
import { basicHeader, type GatesServer, startGatesServer, WEB } from './gates-server.ts'

/** Service accounts of the operator, who show a name and a password (RFC 7617), as WSO2 and Stalwart have them. */

const PASSWORD = 'correct horse: bättery'
const REGISTERING = ['authenticate', 'oauth-client-registration']
let server: GatesServer

beforeAll(async () => {
  server = await startGatesServer({ basic: { enabled: true } })
  for (const [name, permissions] of [
    ['robot', REGISTERING],
    ['other', REGISTERING],
    ['reader', ['authenticate', 'oauth-client-get']],
  ] as const) {
    await server.operator.createServiceAccount({ name, password: PASSWORD, permissions })
  }
})

afterAll(() => server.close())

function expectRefusal(answer: Answer): void {
  expect([answer.status, answer.body]).toEqual([
    401,
    { error: 'invalid_token', error_description: 'The name or the password is not valid.' },
  ])
  expect(answer.headers.get('www-authenticate')).toBe('Basic realm="clientele", charset="UTF-8"')
}

it('registers with name and password, and owns what it registered', async () => {
  const robot = basicHeader('robot', PASSWORD)
  const client = await server.register(WEB, robot)
  expect(client.status).toBe(201)
  expect((await server.manage('GET', client, { authorization: robot })).status).toBe(200)
  const other = await server.manage('GET', client, { authorization: basicHeader('other', PASSWORD) })
  expect([other.status, other.body.error]).toEqual([403, 'insufficient_scope'])
  const reader = await server.manage('GET', client, { authorization: basicHeader('reader', PASSWORD) })
  expect(reader.status).toBe(200)
  expect(reader.text).not.toContain(client.body.client_secret)
})

it('a wrong password, an unknown name and what is no Basic at all read alike, also beside a remembered one', async () => {
  expect((await server.register(WEB, basicHeader('robot', PASSWORD))).status).toBe(201)
  for (const authorization of [
    basicHeader('robot', 'guess'),
    basicHeader('robot', ''),
    basicHeader('robot', `${PASSWORD} `),
    basicHeader('nobody', PASSWORD),
    basicHeader('', PASSWORD),
    'Basic',
    'Basic %%%',
    'basic cm9ib3Q=',
  ]) {
    expectRefusal(await server.register(WEB, authorization))
  }
})

it('without the permission to register it is answered 403', async () => {
  const refused = await server.register(WEB, basicHeader('reader', PASSWORD))
  expect([refused.status, refused.body.error]).toEqual([403, 'insufficient_scope'])
})

it('a request without credentials is told both schemes (RFC 9110 §11.6.1)', async () => {
  const refused = await server.register(WEB)
  expect(refused.status).toBe(401)
  expect(refused.headers.get('www-authenticate')).toMatch(/Bearer realm="clientele"/)
  expect(refused.headers.get('www-authenticate')).toMatch(/Basic realm="clientele"/)
})

it('a removed account is refused at once, its password remembered or not, and its clients stay', async () => {
  const name = 'temporary'
  const authorization = basicHeader(name, PASSWORD)
  await server.operator.createServiceAccount({ name, password: PASSWORD, permissions: REGISTERING })
  const client = await server.register(WEB, authorization)
  expect(client.status).toBe(201)
  await server.operator.deleteServiceAccount(name)
  expectRefusal(await server.register(WEB, authorization))
  expect((await server.manage('GET', client)).status).toBe(200)
})

it('whoever gets the name of a removed account gets none of its clients, unless the operator says so', async () => {
  const name = 'ci'
  const authorization = basicHeader(name, PASSWORD)
  const add = (terms: { owner?: string } = {}) =>
    server.operator.createServiceAccount({ name, password: PASSWORD, permissions: REGISTERING, ...terms })
  const { owner } = await add()
  const client = await server.register(WEB, authorization)
  expect((await server.manage('GET', client, { authorization })).status).toBe(200)

  await server.operator.deleteServiceAccount(name)
  await add()
  for (const method of ['GET', 'PUT', 'DELETE'])
    expect((await server.manage(method, client, { authorization })).status).toBe(403)

  // A new password for the same team: the operator names the owner that the list showed.
  await server.operator.deleteServiceAccount(name)
  await add({ owner })
  expect((await server.manage('GET', client, { authorization })).status).toBe(200)
})

it('a client that does not exist reads like somebody else’s, with this gate’s own challenge (RFC 7592 §2.1)', async () => {
  const unknown = { body: { client_id: 'nobody' } } as Answer
  const foreign = await server.register(WEB, basicHeader('other', PASSWORD))
  const answers = await Promise.all(
    [unknown, foreign].map((client) =>
      server.manage('GET', client, { authorization: basicHeader('robot', PASSWORD) }),
    ),
  )
  expect(answers.map(({ status }) => status)).toEqual([403, 403])
  expect(answers[0]!.text).toBe(answers[1]!.text)
  const told = await server.manage('GET', unknown, { authorization: basicHeader('reader', PASSWORD) })
  expect([told.status, told.body.error_description]).toEqual([401, 'There is no client with this id.'])
  expect(told.headers.get('www-authenticate')).toBe('Basic realm="clientele", charset="UTF-8"')
})

it('the list shows the last use, and neither password nor hash', async () => {
  await server.register(WEB, basicHeader('other', PASSWORD))
  const find = async () =>
    (await server.operator.listServiceAccounts({ limit: 99 })).items.find(({ name }) => name === 'other')
  await expect.poll(find).toEqual({
    name: 'other',
    owner: expect.stringMatching(/^service_account:[0-9a-z]{11}$/),
    permissions: REGISTERING,
    createdAt: expect.any(Number),
    lastUsedAt: expect.any(Number),
  })
})

it('a burst of guesses is bounded: most wait their turn, the rest are told to come back, and nobody gets in', async () => {
  const unlimited = await startGatesServer({ basic: { enabled: true }, limits: { enabled: false } })
  try {
    const guesses = Array.from({ length: 100 }, (_, i) =>
      unlimited.register(WEB, basicHeader('robot', `guess ${i}`)),
    )
    const answers = await Promise.all(guesses)
    const busy = answers.filter(({ status }) => status === 503)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 503]))
    expect(busy.length).toBeLessThan(60)
    for (const { body, headers } of busy) {
      expect(body.error).toBe('temporarily_unavailable')
      expect(headers.get('retry-after')).toBe('1')
    }
  } finally {
    await unlimited.close()
  }
})

describe('where [basic] is off', () => {
  it('the scheme is not offered, and never falls through to the open gate', async () => {
    const open = await startGatesServer({ registration: { anonymous: true } })
    try {
      await open.operator.createServiceAccount({
        name: 'robot',
        password: PASSWORD,
        permissions: REGISTERING,
      })
      const refused = await open.register(WEB, basicHeader('robot', PASSWORD))
      expect(refused.status).toBe(401)
      expect(refused.headers.get('www-authenticate')).not.toMatch(/Basic/)
    } finally {
      await open.close()
    }
  })
})

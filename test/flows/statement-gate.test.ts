import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLog } from '../../clientele/src/runtime/log.ts'
import { parseConfig } from '../../clientele/src/server/config.ts'
import { type RealServer, startRealServer } from '../harness/real-server.ts'
import { type Answer, readAnswer } from '../harness/registration.ts'
import { createTestIssuer, serveDocuments, type TestIssuer } from './statement-issuer.ts'

/** A software statement as the only credential, as a duty for everybody, and keys that live elsewhere. */

const WEB = { redirect_uris: ['https://app.example/callback'] }
let issuer: TestIssuer

beforeAll(async () => {
  issuer = await createTestIssuer()
})

async function register(server: RealServer, metadata: object, token?: string): Promise<Answer> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return readAnswer(await server.register(metadata as never, headers))
}

describe('the software statement as the gate', () => {
  let server: RealServer
  beforeAll(async () => {
    server = await startRealServer({
      registration: { anonymous: false },
      software_statements: { admits: true, issuers: [{ issuer: issuer.issuer, jwks: issuer.jwks }] },
    })
  })
  afterAll(() => server.close())

  it('lets in whom a trusted issuer vouches for, without other credentials', async () => {
    const made = await register(server, {
      ...WEB,
      software_statement: await issuer.sign({ software_id: 'app' }),
    })
    expect(made.status).toBe(201)
    expect(made.body.software_id).toBe('app')
  })

  it('keeps out who brings none, with the challenge of the other gates (RFC 6750 §3)', async () => {
    for (const body of [WEB, { ...WEB, software_statement: null }, { ...WEB, software_statement: '' }]) {
      const refused = await register(server, body)
      expect(refused.status).toBe(401)
      expect(refused.body.error).toBe('invalid_token')
      expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="clientele"')
    }
  })

  it('keeps out who brings a bad one, with the error of statements (RFC 7591 §3.2.2)', async () => {
    const stranger = await createTestIssuer('https://stranger.example')
    const refused = await register(server, { ...WEB, software_statement: await stranger.sign() })
    expect(refused.status).toBe(400)
    expect(refused.body.error).toBe('invalid_software_statement')
  })

  it('does not make up for credentials that are bad: they are refused first', async () => {
    const software_statement = await issuer.sign()
    for (const token of ['cl_iat_wrong', 'anything']) {
      const refused = await register(server, { ...WEB, software_statement }, token)
      expect(refused.status).toBe(401)
      expect(refused.body.error).toBe('invalid_token')
    }
  })

  it('makes nobody privileged: an issuer cannot give the right to register', async () => {
    const made = await register(server, {
      ...WEB,
      software_statement: await issuer.sign({ scope: 'openid' }),
    })
    expect(made.body.scope).toBe('openid')
  })

  it('with a body that is too long is answered with 413 before it is read', async () => {
    const refused = await register(server, { ...WEB, software_statement: 'a'.repeat(1_000_000) })
    expect(refused.status).toBe(413)
  })
})

it('where a statement is the only way in, what is missing is said with 400: no challenge could help', async () => {
  const server = await startRealServer({
    registration: { anonymous: false },
    initial_access_tokens: { enabled: false },
    api_keys: { enabled: false },
    software_statements: { admits: true, issuers: [{ issuer: issuer.issuer, jwks: issuer.jwks }] },
  })
  try {
    const refused = await register(server, WEB)
    expect(refused.status).toBe(400)
    expect(refused.body).toMatchObject({
      error: 'invalid_software_statement',
      reason: 'software_statement.missing',
    })
    expect((await register(server, { ...WEB, software_statement: await issuer.sign() })).status).toBe(201)
  } finally {
    await server.close()
  }
})

describe('software statements as a duty', () => {
  let server: RealServer
  beforeAll(async () => {
    server = await startRealServer({
      software_statements: { required: true, issuers: [{ issuer: issuer.issuer, jwks: issuer.jwks }] },
    })
  })
  afterAll(() => server.close())

  it('hold for whoever comes through any gate', async () => {
    for (const token of [undefined, await server.initialAccessToken()]) {
      const refused = await register(server, WEB, token)
      expect(refused.status).toBe(400)
      expect(refused.body).toMatchObject({
        error: 'invalid_software_statement',
        reason: 'software_statement.missing',
      })
    }
    const made = await register(server, { ...WEB, software_statement: await issuer.sign() })
    expect(made.status).toBe(201)
  })

  it('hold on for a client that has one, without sending it again (RFC 7592 §2.2)', async () => {
    const made = await register(server, { ...WEB, software_statement: await issuer.sign() })
    const { client_id, registration_client_uri, registration_access_token } = made.body
    const updated = await fetch(registration_client_uri, {
      method: 'PUT',
      headers: { authorization: `Bearer ${registration_access_token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ client_id, ...WEB }),
    })
    expect(updated.status).toBe(200)
  })
})

describe('keys at an address', () => {
  it('are fetched at the first statement, and again when the issuer signs with a new one', async () => {
    const site = await serveDocuments()
    const server = await startRealServer({
      software_statements: { issuers: [{ issuer: issuer.issuer, jwks_url: `${site.url}/jwks` }] },
    })
    try {
      site.documents.set('/jwks', issuer.jwks)
      const made = await register(server, { ...WEB, software_statement: await issuer.sign() })
      expect(made.status).toBe(201)
      const unknown = await issuer.sign({}, { kid: 'another' })
      for (let i = 0; i < 3; i++) {
        const refused = await register(server, { ...WEB, software_statement: unknown })
        expect(refused.body).toMatchObject({ reason: 'software_statement.unknown_key' })
      }
      expect(site.asked).toEqual(['/jwks'])
    } finally {
      await server.close()
      await site.close()
    }
  })

  it('that cannot be fetched prove nothing: 503, to be tried again, and nobody is registered', async () => {
    const site = await serveDocuments()
    const warnings: object[] = []
    const log = {
      ...silentLog,
      warn: (facts: object, message: string) => void warnings.push({ ...facts, message }),
    }
    const issuers = [{ issuer: issuer.issuer, jwks_url: `${site.url}/jwks` }]
    const sections = { registration: { anonymous: true }, software_statements: { issuers } }
    const server = await startRealServer(sections, { log })
    try {
      const refused = await register(server, { ...WEB, software_statement: await issuer.sign() })
      expect(refused.status).toBe(503)
      expect(refused.body).toMatchObject({
        error: 'temporarily_unavailable',
        reason: 'software_statement.keys_unavailable',
      })
      expect(refused.headers.get('retry-after')).toBe('5')
      expect(refused.text).not.toContain(site.url)
      // The operator is told why.
      expect(warnings).toContainEqual({
        issuer: issuer.issuer,
        cause: 'the answer has status 404',
        message: 'the keys of a trusted issuer cannot be fetched',
      })
    } finally {
      await server.close()
      await site.close()
    }
  })
})

describe('an address from which keys can never be fetched stops the start with a sentence:', () => {
  const start = (source: object, server: Record<string, unknown> = {}) =>
    startRealServer({
      server,
      bearer: { issuers: [{ issuer: 'https://login.example', audience: ['https://as.example'], ...source }] },
    }).then(async (running) => {
      await running.close()
      return 'started'
    })
  const elsewhere = { issuer: 'https://id.example.com' }

  it.each<[string, object, Record<string, unknown>, RegExp]>([
    ['http', { jwks_url: 'http://login.example/jwks' }, {}, /the address is not https/],
    ['a private address', { jwks_url: 'https://10.0.0.7/jwks' }, {}, /the address is not public.*jwks_file/],
    ['this machine', { jwks_url: 'https://[::1]/jwks' }, elsewhere, /the address is not public/],
    ['http here', { jwks_url: 'http://localhost/jwks' }, elsewhere, /the address is not https/],
    [
      'an issuer by http',
      { issuer: 'http://login.example', discovery: true },
      {},
      /the address is not https/,
    ],
    ['no address', { issuer: 'https://[x', discovery: true }, {}, /it is no address/],
  ])('%s', async (_, source, server, sentence) => {
    await expect(start(source, server)).rejects.toThrow(sentence)
  })

  it('and of a server on this machine they may be on this machine', async () => {
    expect(await start({ jwks_url: 'http://127.0.0.1:1/jwks' })).toBe('started')
  })
})

describe('configuration that would leave the door in a state that nobody meant is refused at the start', () => {
  const problem = (software_statements: Record<string, unknown>) => {
    try {
      parseConfig({ software_statements })
      return 'accepted'
    } catch (error) {
      return (error as Error).message
    }
  }
  const entry = () => ({ issuer: issuer.issuer, jwks: issuer.jwks })

  it.each(['required', 'admits'])('%s without a trusted issuer', (name) => {
    expect(problem({ [name]: true })).toMatch(/no issuer of software statements is trusted/)
  })

  it('an issuer without keys, or with two sources of them', () => {
    expect(problem({ issuers: [{ issuer: issuer.issuer }] })).toMatch(/exactly one of jwks_file, jwks/)
    expect(problem({ issuers: [{ ...entry(), jwks_file: 'x' }] })).toMatch(/exactly one of jwks_file, jwks/)
  })

  it('the algorithm none, an algorithm with a shared secret, and no algorithm at all', () => {
    for (const algorithms of [['none'], ['HS256'], ['ES256', 'HS512'], []]) {
      expect(problem({ issuers: [{ ...entry(), algorithms }] })).toMatch(/\[0\]\.algorithms/)
    }
  })

  it('a private key among the public ones', () => {
    const [key] = issuer.jwks.keys as object[]
    expect(problem({ issuers: [{ ...entry(), jwks: { keys: [{ ...key, d: 'AAAA' }] } }] })).toMatch(
      /must be a public key/,
    )
  })

  it('two tables for one issuer, a member that is none, a key that is misspelt', () => {
    expect(problem({ issuers: [entry(), entry()] })).toMatch(/is wrong/)
    expect(problem({ issuers: [{ ...entry(), required_members: ['sofware_id'] }] })).toMatch(
      /required_members/,
    )
    expect(problem({ issuers: [{ ...entry(), audiences: ['x'] }] })).toMatch(/audiences/)
  })

  it('a file of keys that is not there, or holds none', async () => {
    const start = (jwks_file: string) =>
      startRealServer({ software_statements: { issuers: [{ issuer: issuer.issuer, jwks_file }] } })
    await expect(start('/nowhere/jwks.json')).rejects.toThrow(
      /cannot be read from \/nowhere\/jwks.json: ENOENT/,
    )
    await expect(start('package.json')).rejects.toThrow(
      /in package.json must have an array member named keys/,
    )
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RealServer, startRealServer } from '../harness/real-server.ts'
import { type Answer, readAnswer } from '../harness/registration.ts'
import { createTestIssuer, type TestIssuer } from './statement-issuer.ts'

/** Software statements over real HTTP (RFC 7591 §2.3): who vouches, what it says, and how a bad one is answered. */

let issuer: TestIssuer
let ecosystem: TestIssuer
let strict: TestIssuer
let server: RealServer

const WEB = { redirect_uris: ['https://app.example/callback'] }

beforeAll(async () => {
  issuer = await createTestIssuer('https://vouch.example')
  ecosystem = await createTestIssuer('https://directory.example', { alg: 'PS256', typ: 'JWT' })
  strict = await createTestIssuer('https://strict.example')
  server = await startRealServer({
    limits: { body_bytes: 1_048_576 },
    software_statements: {
      issuers: [
        { issuer: issuer.issuer, jwks: issuer.jwks, algorithms: ['ES256'] },
        {
          issuer: ecosystem.issuer,
          jwks: ecosystem.jwks,
          algorithms: ['PS256'],
          audience: ['https://as.example'],
          max_age_seconds: 300,
          clock_skew_seconds: 5,
          claims: { software_redirect_uris: 'redirect_uris', software_client_name: 'client_name' },
          required_members: ['software_id', 'redirect_uris'],
          redirect_uris: 'subset',
        },
        {
          issuer: strict.issuer,
          jwks: strict.jwks,
          members: ['software_id', 'client_name'],
          software_ids: ['approved'],
          single_use: true,
          expiry_required: true,
        },
      ],
    },
  })
})

afterAll(() => server.close())

async function register(metadata: object): Promise<Answer> {
  return readAnswer(await server.register(metadata as never))
}

async function update(client: Answer, metadata: object): Promise<Answer> {
  const { client_id, registration_client_uri, registration_access_token } = client.body
  const response = await fetch(registration_client_uri, {
    method: 'PUT',
    headers: { authorization: `Bearer ${registration_access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ client_id, ...metadata }),
  })
  return readAnswer(response)
}

/** Registered nothing, with this status and error, and with no challenge: a statement is no credential. */
function expectRefusal(answer: Answer, error: string, reason: string, status = 400): void {
  expect(answer.body).toMatchObject({ error, reason })
  expect(answer.status).toBe(status)
  expect(answer.body).not.toHaveProperty('client_id')
  expect(answer.headers.get('www-authenticate')).toBeNull()
}

const invalid = (answer: Answer, reason: string) =>
  expectRefusal(answer, 'invalid_software_statement', `software_statement.${reason}`)
const unapproved = (answer: Answer, reason: string) =>
  expectRefusal(answer, 'unapproved_software_statement', `software_statement.${reason}`)

describe('a statement of a trusted issuer', () => {
  it('wins over the client’s own words and comes back byte for byte (RFC 7591 §2.3, §3.2.1)', async () => {
    const software_statement = await issuer.sign({
      software_id: 'app',
      software_version: '7',
      client_name: 'The App',
      'client_name#de': 'Die App',
    })
    const made = await register({
      ...WEB,
      client_name: 'Your Bank',
      'client_name#fr': 'Votre Banque',
      software_id: 'mine',
      policy_uri: 'https://app.example/policy',
      software_statement,
    })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      ...WEB,
      client_name: 'The App',
      'client_name#de': 'Die App',
      software_id: 'app',
      software_version: '7',
      policy_uri: 'https://app.example/policy',
      software_statement,
    })
    // A translation of the client's own would put its own name back.
    expect(made.body).not.toHaveProperty('client_name#fr')
  })

  it('may be all that a client sends', async () => {
    const made = await register({ software_statement: await issuer.sign({ ...WEB, client_name: 'App' }) })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ ...WEB, client_name: 'App' })
  })

  it('cannot choose what the server alone sets', async () => {
    const made = await register({
      ...WEB,
      software_statement: await issuer.sign({
        client_id: 'chosen',
        client_secret: 'x'.repeat(60),
        client_secret_expires_at: 1,
        registration_access_token: 'chosen',
      }),
    })
    expect(made.status).toBe(201)
    expect(made.body.client_id).not.toBe('chosen')
    expect(made.body.client_secret).toMatch(/^cl_sec_/)
    expect(made.body.registration_access_token).toMatch(/^cl_rat_/)
  })

  it('goes on vouching at an update that leaves it out (RFC 7592 §2.2)', async () => {
    const software_statement = await issuer.sign({ client_name: 'The App' })
    const made = await register({ ...WEB, software_statement })
    for (const body of [WEB, { ...WEB, software_statement }, { ...WEB, software_statement: null }]) {
      const updated = await update(made, { ...body, client_name: 'Your Bank' })
      expect(updated.status).toBe(200)
      expect(updated.body).toMatchObject({ client_name: 'The App', software_statement })
    }
  })

  it('is followed by a newer one of the same issuer at an update, and not by another issuer’s', async () => {
    const made = await register({ ...WEB, software_statement: await issuer.sign({ software_version: '1' }) })
    const newer = await issuer.sign({ software_version: '2' })
    expect((await update(made, { ...WEB, software_statement: newer })).body).toMatchObject({
      software_version: '2',
      software_statement: newer,
    })
    const other = await strict.sign({ software_id: 'approved', jti: crypto.randomUUID() })
    unapproved(await update(made, { ...WEB, software_statement: other }), 'other_issuer')
    invalid(await update(made, { ...WEB, software_statement: `${newer}x` }), 'signature')
  })

  it('does not turn a client into another piece of software of the same issuer', async () => {
    const made = await register({ ...WEB, software_statement: await issuer.sign({ software_id: 'app' }) })
    const newer = { software_id: 'app', software_version: '2' }
    expect((await update(made, { ...WEB, software_statement: await issuer.sign(newer) })).status).toBe(200)
    for (const software_id of ['other', undefined]) {
      const software_statement = await issuer.sign({ software_id, client_name: 'Bank' })
      unapproved(await update(made, { ...WEB, software_statement }), 'other_software')
    }
    const unnamed = await register({ ...WEB, software_statement: await issuer.sign() })
    const software_statement = await issuer.sign({ software_id: 'app' })
    unapproved(await update(unnamed, { ...WEB, software_statement }), 'other_software')
  })

  it('within a statement is nobody’s word', async () => {
    const inner = await issuer.sign({ client_name: 'Inner' })
    const outer = await issuer.sign({ client_name: 'Outer', software_statement: inner })
    const made = await register({ ...WEB, software_statement: outer })
    expect(made.body).toMatchObject({ client_name: 'Outer', software_statement: outer })
  })
})

describe('what the operator lets an issuer say', () => {
  const inDirectory = (claims: object = {}) =>
    ecosystem.sign({
      aud: 'https://as.example',
      software_id: 'app',
      software_redirect_uris: ['https://app.example/a', 'https://app.example/b'],
      software_client_name: 'The App',
      ...claims,
    })

  it('is under the issuer’s own claim names, where they are mapped', async () => {
    const made = await register({ software_statement: await inDirectory() })
    expect(made.body).toMatchObject({
      client_name: 'The App',
      redirect_uris: ['https://app.example/a', 'https://app.example/b'],
    })
  })

  it('bounds the redirect URIs, of which the client chooses some', async () => {
    const software_statement = await inDirectory()
    const made = await register({ software_statement, redirect_uris: ['https://app.example/b'] })
    expect(made.body.redirect_uris).toEqual(['https://app.example/b'])
    // Within the bounds it may choose anew, also when it leaves the statement out.
    const updated = await update(made, { redirect_uris: ['https://app.example/a'] })
    expect(updated.body.redirect_uris).toEqual(['https://app.example/a'])
    const refused = await update(made, { redirect_uris: ['https://evil.example/a'] })
    expectRefusal(refused, 'invalid_redirect_uri', 'redirect_uris.not_vouched')
  })

  it('refuses every redirect URI outside, all at once (RFC 7591 §3.2.2)', async () => {
    const refused = await register({
      software_statement: await inDirectory(),
      redirect_uris: ['https://evil.example/', 'https://app.example/a', 'https://app.example/a/'],
    })
    expectRefusal(refused, 'invalid_redirect_uri', 'redirect_uris.not_vouched')
    expect(refused.body.problems.map(({ index }: { index: number }) => index)).toEqual([0, 2])
  })

  it('does not replace redirect URIs that are no list, but says so', async () => {
    const refused = await register({
      software_statement: await inDirectory(),
      redirect_uris: 'https://x.example',
    })
    expectRefusal(refused, 'invalid_redirect_uri', 'redirect_uris.type')
  })

  it('must have the members that the operator requires', async () => {
    const refused = await register({
      ...WEB,
      software_id: 'app',
      software_statement: await inDirectory({ software_id: undefined }),
    })
    unapproved(refused, 'incomplete')
    expect(refused.body.error_description).toContain('software_id')
  })

  it('is for this server, and young enough', async () => {
    const now = Math.floor(Date.now() / 1000)
    const refusals: [object, string][] = [
      [{ aud: 'https://other.example' }, 'audience'],
      [{ aud: undefined }, 'audience'],
      [{ aud: ['https://other.example'] }, 'audience'],
      [{ iat: now - 400 }, 'too_old'],
      [{ iat: undefined }, 'claim_type'],
    ]
    for (const [claims, reason] of refusals) {
      invalid(await register({ ...WEB, software_statement: await inDirectory(claims) }), reason)
    }
    const several = { aud: ['https://other.example', 'https://as.example'] }
    expect((await register({ software_statement: await inDirectory(several) })).status).toBe(201)
  })

  it('is only the members that are listed, for software that is approved, once', async () => {
    const jti = crypto.randomUUID()
    const software_statement = await strict.sign({
      software_id: 'approved',
      client_name: 'App',
      client_uri: 'https://claimed.example',
      jti,
    })
    // A request that fails for another reason does not use the statement up.
    const failed = await register({ redirect_uris: ['https://app.example/#f'], software_statement })
    expect(failed.body.error).toBe('invalid_redirect_uri')
    const tries = await Promise.all([1, 2, 3].map(() => register({ ...WEB, software_statement })))
    expect(tries.map(({ status }) => status).sort()).toEqual([201, 400, 400])
    for (const refused of tries.filter(({ status }) => status !== 201)) invalid(refused, 'used')
    const made = tries.find(({ status }) => status === 201)!
    expect(made.body).not.toHaveProperty('client_uri')
    // Sent again at an update it is still the client's own.
    expect((await update(made, { ...WEB, software_statement })).status).toBe(200)

    invalid(
      await register({
        ...WEB,
        software_statement: await strict.sign({ software_id: 'approved', jti, a: 1 }),
      }),
      'used',
    )
    invalid(
      await register({ ...WEB, software_statement: await strict.sign({ software_id: 'approved' }) }),
      'jti',
    )
    const other = await strict.sign({ software_id: 'other', jti: crypto.randomUUID() })
    unapproved(await register({ ...WEB, software_id: 'approved', software_statement: other }), 'software_id')
    const endless = await strict.sign({ software_id: 'approved', jti: crypto.randomUUID(), exp: undefined })
    invalid(await register({ ...WEB, software_statement: endless }), 'expiry_missing')
  })
})

describe('a statement that proves nothing registers nobody, also where anyone may register', () => {
  const withStatement = async (software_statement: unknown) => register({ ...WEB, software_statement })
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

  it.each(['not a jwt', 'a.b.c', '..', 'eyJhbGciOiJub25lIn0..'])('%j is none', async (text) => {
    invalid(await withStatement(text), 'untrusted')
  })

  it.each([[7], [true], [{ a: 1 }], [['x']]])('%j is not a string', async (value) => {
    invalid(await withStatement(value), 'type')
  })

  it('unsigned, or signed with the public key as a secret', async () => {
    const [header, payload, signature] = (await issuer.sign()).split('.') as [string, string, string]
    for (const alg of ['none', 'None', 'NONE']) {
      invalid(await withStatement(`${part({ alg })}.${payload}.`), 'algorithm')
      invalid(await withStatement(`${part({ alg })}.${payload}.${signature}`), 'algorithm')
    }
    const { createHmac } = await import('node:crypto')
    const head = part({ alg: 'HS256', kid: `key of ${issuer.issuer}` })
    const mac = createHmac('sha256', JSON.stringify(issuer.jwks))
      .update(`${head}.${payload}`)
      .digest('base64url')
    invalid(await withStatement(`${head}.${payload}.${mac}`), 'algorithm')
    invalid(await withStatement(`${header}.${payload}.AAAA`), 'signature')
  })

  it('altered', async () => {
    const [header, payload, signature] = (await issuer.sign({ client_name: 'App' })).split('.') as [
      string,
      string,
      string,
    ]
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    invalid(
      await withStatement(`${header}.${part({ ...claims, client_name: 'Bank' })}.${signature}`),
      'signature',
    )
  })

  it('of an issuer that is not trusted, or signed by another one that is', async () => {
    const stranger = await createTestIssuer('https://stranger.example')
    invalid(await withStatement(await stranger.sign()), 'untrusted')
    invalid(await withStatement(await issuer.sign({ iss: undefined })), 'untrusted')
    invalid(await withStatement(await issuer.sign({ iss: `${issuer.issuer}/` })), 'untrusted')
    invalid(await withStatement(await issuer.sign({ iss: strict.issuer })), 'unknown_key')
  })

  it('with a key of its own in the header, or the address of one', async () => {
    const thief = await createTestIssuer(issuer.issuer)
    const [jwk] = thief.jwks.keys as object[]
    for (const header of [
      { jwk },
      { jku: 'https://thief.example/jwks' },
      { x5u: 'https://thief.example/x' },
    ]) {
      invalid(await withStatement(await thief.sign({}, header)), 'signature')
      expect((await withStatement(await issuer.sign({}, header))).status).toBe(201)
    }
  })

  it.each(['../../etc/passwd', "' OR 1=1 --", '__proto__'])('with the kid %j', async (kid) => {
    invalid(await withStatement(await issuer.sign({}, { kid })), 'unknown_key')
  })

  it('that is an access token of the same issuer', async () => {
    invalid(await withStatement(await issuer.sign({}, { typ: 'at+jwt' })), 'type')
  })

  it('for another server, also where the operator names no audience (RFC 7519 §4.1.3)', async () => {
    invalid(await withStatement(await issuer.sign({ aud: 'https://other.example' })), 'audience')
    const { issuer: us, registration_endpoint: endpoint } = server.metadata
    for (const aud of [us, endpoint, ['https://other.example', us]]) {
      expect((await withStatement(await issuer.sign({ aud }))).status).toBe(201)
    }
  })

  it('before its time and after it, by more than the clocks may differ', async () => {
    const now = Math.floor(Date.now() / 1000)
    invalid(await withStatement(await issuer.sign({ exp: now - 70 })), 'expired')
    invalid(await withStatement(await issuer.sign({ nbf: now + 70 })), 'not_yet_valid')
    invalid(await withStatement(await issuer.sign({ iat: now + 70 })), 'issued_in_the_future')
    expect((await withStatement(await issuer.sign({ exp: now - 30, nbf: now + 30 }))).status).toBe(201)
  })

  it('of 1 MB, and just above the bound, which is 400 and not 413', async () => {
    invalid(await withStatement('a'.repeat(1_000_000)), 'too_long')
    invalid(await withStatement(await issuer.sign({ x: 'a'.repeat(16_384) })), 'too_long')
  })

  it('that says something wrong of the client (see problems)', async () => {
    const refused = await withStatement(
      await issuer.sign({ redirect_uris: 'https://x.example', contacts: 7 }),
    )
    invalid(refused, 'metadata')
    const members = refused.body.problems.map(({ member }: { member: string }) => member)
    expect(members.sort()).toEqual(['contacts', 'redirect_uris'])
    invalid(await withStatement(await issuer.sign({ redirect_hosts: 'app.example' })), 'metadata')
    const fragment = await withStatement(await issuer.sign({ redirect_uris: ['https://x.example/#f'] }))
    expectRefusal(fragment, 'invalid_redirect_uri', 'redirect_uri.has_fragment')
  })
})

it('without trusted issuers the member is ignored and not returned (RFC 7591 §2.3)', async () => {
  const without = await startRealServer()
  try {
    const made = await without
      .register({ ...WEB, client_name: 'Mine', software_statement: await issuer.sign({ client_name: 'X' }) })
      .then(readAnswer)
    expect(made.status).toBe(201)
    expect(made.body.client_name).toBe('Mine')
    expect(made.body).not.toHaveProperty('software_statement')
  } finally {
    await without.close()
  }
})

import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../clientele/src/oauth/json.ts'
import type { PolicyDefinition } from '../../clientele/src/policies/policy-definition.ts'
import { logIn, type Registered } from '../harness/client-login.ts'
import { startRealServer } from '../harness/real-server.ts'
import { setUpRegistration, WEB_CLIENT } from '../harness/registration.ts'

/** What a client may ask its tokens to be, from the registration request to the answer, and once to the token. */
const WEB = { ...WEB_CLIENT, grant_types: ['authorization_code', 'refresh_token'] }
const DAY = 86_400

function reasons(answer: { readonly body: { readonly problems?: readonly { readonly reason: string }[] } }) {
  return answer.body.problems?.map(({ reason }) => reason)
}

describe('under the default policy', () => {
  it('a client may ask for less than the server’s own lifetimes, and the answer says what it has (RFC 7591 §3.2.1)', async () => {
    const { register, read } = setUpRegistration()
    const asked = {
      access_token_lifetime: 600,
      identity_token_lifetime: 300,
      authorization_code_lifetime: 30,
      absolute_refresh_token_lifetime: 30 * DAY,
      sliding_refresh_token_lifetime: 15 * DAY,
      refresh_token_expiration: 'Sliding',
      refresh_token_usage: 'OneTimeOnly',
      access_token_type: 'Reference',
      require_consent: true,
      allow_remember_consent: false,
      consent_lifetime: DAY,
      allowed_cors_origins: ['https://client.example'],
      require_pkce: true,
    }
    const client = await register({ ...WEB, ...asked })
    expect(client.status).toBe(201)
    expect(client.body).toMatchObject(asked)
    expect((await read(client)).body).toMatchObject(asked)
  })

  it('a client that asks for nothing has nothing of it on record', async () => {
    const { register, record } = setUpRegistration()
    const granted = Object.keys((await record(await register(WEB)))!.granted)
    expect(
      granted.filter((name) => /lifetime|consent|usage|expiration|token_type|cors|pkce/.test(name)),
    ).toEqual([])
  })

  it.each<[string, JsonObject]>([
    ['access_token_lifetime.above_maximum', { access_token_lifetime: 3601 }],
    ['identity_token_lifetime.above_maximum', { identity_token_lifetime: 3601 }],
    ['authorization_code_lifetime.above_maximum', { authorization_code_lifetime: 61 }],
    ['absolute_refresh_token_lifetime.above_maximum', { absolute_refresh_token_lifetime: 0 }],
    ['sliding_refresh_token_lifetime.above_maximum', { sliding_refresh_token_lifetime: 31 * DAY }],
    ['consent_lifetime.above_maximum', { consent_lifetime: 366 * DAY }],
    ['require_consent.not_allowed', { require_consent: false }],
  ])('more than that is refused at creation and at update alike: %s', async (reason, more) => {
    const { register, update, read } = setUpRegistration()
    expect(reasons(await register({ ...WEB, ...more }))).toEqual([reason])
    const client = await register(WEB)
    expect(reasons(await update(client, { ...WEB, ...more }))).toEqual([reason])
    expect((await read(client)).body).not.toHaveProperty(Object.keys(more)[0]!)
  })

  it('an update that leaves a member out gives it up (RFC 7592 §2.2)', async () => {
    const { register, update } = setUpRegistration()
    const client = await register({ ...WEB, access_token_lifetime: 60 })
    expect((await update(client, WEB)).body).not.toHaveProperty('access_token_lifetime')
  })

  it('an update that gives up refreshing drops what is about it, and says so on record', async () => {
    const { register, update, record } = setUpRegistration()
    const client = await register({ ...WEB, refresh_token_usage: 'ReUse' })
    const { status, body } = await update(client, { ...WEB_CLIENT, refresh_token_usage: 'ReUse' })
    expect([status, body.refresh_token_usage]).toEqual([200, undefined])
    expect((await record(client))!.dropped).toContainEqual({
      member: 'refresh_token_usage',
      value: 'ReUse',
      reason: 'refresh_token_usage.without_effect',
    })
  })

  it('an update to a public client is judged with the reuse that it keeps (RFC 9700 §2.2.2)', async () => {
    const { register, update } = setUpRegistration()
    const client = await register({ ...WEB, refresh_token_usage: 'ReUse' })
    const answer = await update(client, {
      ...WEB,
      refresh_token_usage: 'ReUse',
      token_endpoint_auth_method: 'none',
    })
    expect(reasons(answer)).toEqual(['refresh_token_usage.public_client'])
  })
})

describe('under a policy', () => {
  const policies: readonly PolicyDefinition[] = [
    {
      name: 'default',
      lifetimes: {
        access_token_lifetime: { max: 300, on_bad: 'clamp' },
        absolute_refresh_token_lifetime: { default: 7 * DAY, max: 30 * DAY },
        sliding_refresh_token_lifetime: { default: 10 * DAY },
      },
      tokens: { require_pkce: { force: true }, refresh_token_usage: { allowed: ['OneTimeOnly'] } },
    },
  ]

  it('what it writes is in the answer, agrees with itself, and stays so at an update with the same body', async () => {
    const { register, update, record } = setUpRegistration({ policies })
    const client = await register({ ...WEB, access_token_lifetime: 3600 })
    const written = {
      access_token_lifetime: 300,
      absolute_refresh_token_lifetime: 7 * DAY,
      sliding_refresh_token_lifetime: 7 * DAY,
      require_pkce: true,
      refresh_token_usage: 'OneTimeOnly',
    }
    expect(client.status).toBe(201)
    expect(client.body).toMatchObject(written)
    expect((await update(client, { ...WEB, access_token_lifetime: 3600 })).body).toMatchObject(written)
    const rules = (await record(client))!.decisions!.map(({ rule }) => rule)
    expect(rules.sort()).toEqual([
      'lifetimes.absolute_refresh_token_lifetime',
      'lifetimes.access_token_lifetime',
      'lifetimes.sliding_refresh_token_lifetime',
      'tokens.refresh_token_usage',
      'tokens.require_pkce',
    ])
  })

  it('a client of another kind gets only what means something to it', async () => {
    const { register } = setUpRegistration({ policies })
    const { body } = await register({ grant_types: ['client_credentials'], access_token_lifetime: 3600 })
    expect(body.access_token_lifetime).toBe(300)
    for (const member of ['require_pkce', 'refresh_token_usage', 'absolute_refresh_token_lifetime'])
      expect(body).not.toHaveProperty(member)
  })

  it('a lifetime fixed by a credential is held to it, and is not cut to it (RFC 7591 §3)', async () => {
    const { register, initialAccessToken } = setUpRegistration({ policies })
    const token = await initialAccessToken({ fixed: { access_token_lifetime: 3600 } })
    expect(reasons(await register(WEB, { token }))).toEqual(['access_token_lifetime.fixed'])
  })
})

it('from the configuration file to the token: a policy’s lifetime is what the token says', async () => {
  const server = await startRealServer({
    tokens: { access_token_lifetime_seconds: 1800 },
    policies: {
      policy: [
        {
          name: 'default',
          lifetimes: { access_token_lifetime: { default: 120 } },
          tokens: { access_token_type: { force: 'Reference' } },
        },
      ],
    },
  })
  const redirect = 'https://client.example/callback'
  const registered = await server.register({
    redirect_uris: [redirect],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
  })
  const client = (await registered.json()) as Record<string, unknown>
  expect(client).toMatchObject({ access_token_lifetime: 120, access_token_type: 'Reference' })
  const tooLong = await server.register({ redirect_uris: [redirect], access_token_lifetime: 1801 })
  expect(tooLong.status).toBe(400)

  const query = new URLSearchParams({
    client_id: String(client.client_id),
    response_type: 'code',
    redirect_uri: redirect,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    resource: 'https://api.example/',
  })
  const { answer } = await server.person().authorize(`${server.metadata.authorization_endpoint}?${query}`)
  const response = await fetch(server.metadata.token_endpoint!, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: String(client.client_id),
      code: answer.get('code')!,
      redirect_uri: redirect,
      code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    }),
  })
  const body = (await response.json()) as Record<string, unknown>
  expect(body.expires_in).toBe(120)
  expect(String(body.access_token)).not.toContain('.')
  await server.close()
})

it('over a database: a known application goes without consent, and its refresh token stays the same', async () => {
  const server = await startRealServer({
    policies: { policy: [{ name: 'default', tokens: { require_consent: { allowed: [true, false] } } }] },
  })
  const redirect = 'https://client.example/callback'
  const asked = { require_consent: false, refresh_token_usage: 'ReUse', sliding_refresh_token_lifetime: 600 }
  const registered = await server.register({ ...WEB, redirect_uris: [redirect], ...asked })
  const client = (await registered.json()) as Registered
  expect(client).toMatchObject(asked)
  const how = {
    method: 'client_secret_basic',
    redirectUri: redirect,
    pkce: true,
    scope: 'openid email',
  } as const
  const session = await logIn(server, client, how as never)
  expect(session.returned.shown).toHaveLength(1)
  const token = session.tokens.body.refresh_token!
  for (let use = 0; use < 2; use++) {
    const { status, body } = await session.refresh(token)
    expect([status, body.refresh_token]).toEqual([200, token])
  }
  await server.close()
})

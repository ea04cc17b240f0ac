import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '../../clientele/src/runtime/cryptography.ts'
import { createBrowser, exchange, login, postWith, refresh } from './authorization-code.ts'
import { ACCOUNT, startTestServer, type TestServer } from './authorization-fixture.ts'
import { answerOf, post } from './token-request.ts'

const PUBLIC = { token_endpoint_auth_method: 'none', grant_types: ['authorization_code', 'refresh_token'] }

describe('the authorization code flow', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(async () => {
    expect(server.failures).toEqual([])
    await server.close()
  })

  const authorize = (params: Record<string, string>) =>
    fetch(`${server.issuer}/authorize?${new URLSearchParams(params)}`, { redirect: 'manual' })

  it('ends with a code, state and iss at the redirect URI, and the code is good for tokens (RFC 6749 §4.1, RFC 9207)', async () => {
    const client = await server.register(PUBLIC)
    const ended = await login(server, client, { scope: 'openid email', nonce: 'n' })
    expect(ended.location.href).toMatch(/^https:\/\/client\.example\/callback\?code=cl_code_/)
    expect(ended.location.searchParams.get('state')).toBe('state of the test')
    expect(ended.location.searchParams.get('iss')).toBe(server.issuer)
    const { status, body } = await exchange(server, client, ended)
    expect(status).toBe(200)
    expect(body.access_token).toMatch(/^cl_at_/)
    expect(body.refresh_token).toMatch(/^cl_rt_/)
    const userinfo = await answerOf(
      await fetch(`${server.issuer}/userinfo`, { headers: { authorization: `Bearer ${body.access_token}` } }),
    )
    expect(userinfo.body).toEqual({ sub: ACCOUNT, email: 'ada@people.example', email_verified: false })
  })

  it('gives a refresh token to a client of that grant without offline_access, and to no other (AZ-25)', async () => {
    const refreshing = await server.register(PUBLIC)
    const plain = await server.register({ ...PUBLIC, grant_types: ['authorization_code'] })
    expect(
      (await exchange(server, refreshing, await login(server, refreshing, { scope: 'openid' }))).body
        .refresh_token,
    ).toBeDefined()
    const { body } = await exchange(
      server,
      plain,
      await login(server, plain, { scope: 'openid offline_access', prompt: 'consent' }),
    )
    expect(body).not.toHaveProperty('refresh_token')
    expect(body.access_token).toBeDefined()
  })

  it('takes a request without a scope for one that asks for what is registered (RFC 6749 §3.3)', async () => {
    const client = await server.register({ ...PUBLIC, scope: 'openid email' })
    const { body } = await exchange(server, client, await login(server, client))
    expect(body.scope).toBe('openid email')
  })

  it('never redirects for an unknown client or an unregistered URI (AZ-02, AZ-03)', async () => {
    const client = await server.register(PUBLIC)
    const good = { response_type: 'code', code_challenge: sha256('v'), code_challenge_method: 'S256' }
    const redirects = [
      'https://client.example/callback/',
      'https://client.example/callback?x=1',
      'https://CLIENT.example/callback',
      'https://client.example:443/callback',
      'https://client.example/./callback',
      'https://evil.example/callback',
      'https://client.example/%63allback',
      'javascript:alert(1)',
      '',
    ]
    for (const redirect_uri of redirects) {
      const response = await authorize({ ...good, client_id: client.id, redirect_uri })
      // An empty parameter is an omitted one (RFC 6749 §3.1): then there is one registered URI to choose.
      if (redirect_uri !== '')
        expect([response.status, response.headers.get('location')], redirect_uri).toEqual([400, null])
    }
    const unknown = await authorize({
      ...good,
      client_id: 'nobody',
      redirect_uri: 'https://client.example/callback',
    })
    expect([unknown.status, unknown.headers.get('location')]).toEqual([400, null])
  })

  it('lets a loopback redirect URI name any port, and nothing else (RFC 8252 §7.3)', async () => {
    const client = await server.register({
      ...PUBLIC,
      application_type: 'native',
      redirect_uris: [
        'http://127.0.0.1:3000/cb',
        'http://localhost/cb',
        'http://[::1]/cb',
        'cursor://anysphere.cursor-mcp/oauth/callback',
      ],
    })
    for (const redirect_uri of [
      'http://127.0.0.1:49152/cb',
      'http://localhost:1/cb',
      'http://[::1]:8080/cb',
      'cursor://anysphere.cursor-mcp/oauth/callback',
    ]) {
      const ended = await login(server, client, { redirect_uri })
      expect(ended.location.href.startsWith(redirect_uri), ended.location.href).toBe(true)
      expect((await exchange(server, client, ended)).status, redirect_uri).toBe(200)
    }
    const elsewhere = await authorize({
      client_id: client.id,
      response_type: 'code',
      redirect_uri: 'http://127.0.0.1:49152/cb/',
      code_challenge: sha256('v'),
      code_challenge_method: 'S256',
    })
    expect([elsewhere.status, elsewhere.headers.get('location')]).toEqual([400, null])
  })

  it('keeps what registration accepts usable: https on localhost beside a private-use scheme', async () => {
    const redirect_uris = ['https://localhost:8443/cb', 'com.example.app:/cb', 'http://127.0.0.1/cb']
    for (const application_type of ['web', 'native']) {
      const client = await server.register({ ...PUBLIC, application_type, redirect_uris })
      for (const redirect_uri of redirect_uris) {
        expect((await login(server, client, { redirect_uri })).location.searchParams.get('code')).toBeTruthy()
      }
    }
  })

  it('adds the answer to the redirect URI exactly as registered (RFC 6749 §3.1.2)', async () => {
    const redirect_uris = ['https://client.example/a:b/%7Ec?flag&x=a%20b', 'io.element.android:/']
    const client = await server.register({ ...PUBLIC, redirect_uris, application_type: 'native' })
    for (const [redirect_uri, before] of [
      [redirect_uris[0]!, '&code='],
      [redirect_uris[1]!, '?code='],
    ] as const) {
      const browser = createBrowser(server)
      const query = {
        client_id: client.id,
        response_type: 'code',
        redirect_uri,
        code_challenge: sha256('v'),
        code_challenge_method: 'S256',
      }
      const { location } = await browser.go(`${server.issuer}/authorize?${new URLSearchParams(query)}`)
      expect(location).toMatch(/code=cl_code_/)
      expect(location!.startsWith(redirect_uri + before), location).toBe(true)
    }
  })

  it('answers an unregistered response type with unauthorized_client at the redirect URI (AZ-06)', async () => {
    const client = await server.register({
      ...PUBLIC,
      response_types: [],
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'client_secret_basic',
    })
    const ended = await login(server, client)
    expect(ended.location.searchParams.get('error')).toBe('unauthorized_client')
    expect(ended.location.searchParams.get('state')).toBe('state of the test')
    for (const response_type of ['token', 'id_token', 'none', 'code id_token']) {
      const other = await login(server, await server.register(PUBLIC), {
        response_type,
        nonce: 'n',
        scope: 'openid',
      })
      expect(other.location.href, response_type).toContain('unsupported_response_type')
    }
  })

  it('requires PKCE with S256 from public clients (RFC 9700 §2.1.1)', async () => {
    const client = await server.register(PUBLIC)
    const without = {
      client_id: client.id,
      response_type: 'code',
      redirect_uri: 'https://client.example/callback',
    }
    for (const params of [
      without,
      { ...without, nonce: 'n', scope: 'openid' },
      { ...without, code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' },
    ]) {
      const response = await authorize(params)
      expect(new URL(response.headers.get('location')!).searchParams.get('error')).toBe('invalid_request')
    }
    const ended = await login(server, client)
    expect((await exchange(server, client, { ...ended, verifier: 'y'.repeat(43) })).body.error).toBe(
      'invalid_grant',
    )
  })

  it('takes a nonce in its place from a confidential OpenID Connect client, and nothing less (OAuth 2.1 §7.5.1)', async () => {
    const client = await server.register({})
    const without = {
      client_id: client.id,
      response_type: 'code',
      redirect_uri: 'https://client.example/callback',
      scope: 'openid',
    }
    const refused = await authorize(without)
    expect(new URL(refused.headers.get('location')!).searchParams.get('error')).toBe('invalid_request')
    const { location } = await createBrowser(server).go(
      `${server.issuer}/authorize?${new URLSearchParams({ ...without, nonce: 'n' })}`,
    )
    expect(new URL(location!).searchParams.get('code')).toBeTruthy()
  })

  it('takes a code once: the second use fails and kills what the first one gave (RFC 6749 §4.1.2)', async () => {
    const client = await server.register(PUBLIC)
    const ended = await login(server, client)
    const { body } = await exchange(server, client, ended)
    expect((await exchange(server, client, ended)).body.error).toBe('invalid_grant')
    expect((await refresh(server, client, body.refresh_token)).body.error).toBe('invalid_grant')
    const userinfo = await fetch(`${server.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    })
    expect(userinfo.status).toBe(401)
  })

  it('gives one of 10 parallel exchanges of a code something, and nothing that lasts (RFC 6749 §10.5)', async () => {
    const client = await server.register(PUBLIC)
    const ended = await login(server, client)
    const answers = await Promise.all(Array.from({ length: 10 }, () => exchange(server, client, ended)))
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
    for (const { body } of answers)
      if (body.refresh_token) expect((await refresh(server, client, body.refresh_token)).status).toBe(400)
  })

  it('can be asked for with a form, and keeps who is signed in (OpenID Connect Core 1.0 §3.1.2.1)', async () => {
    const client = await server.register(PUBLIC)
    const browser = createBrowser(server)
    await login(server, client, {}, browser)
    const form = {
      client_id: client.id,
      response_type: 'code',
      redirect_uri: 'https://client.example/callback',
      code_challenge: sha256('v'),
      code_challenge_method: 'S256',
    }
    const { location } = await browser.go(`${server.issuer}/authorize`, {
      method: 'POST',
      body: new URLSearchParams(form),
    })
    expect(new URL(location!).searchParams.get('code')).toBeTruthy()
    const smuggled = await fetch(`${server.issuer}/authorize`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ state: 'a\r\nset-cookie: x=1#y' }),
    })
    expect(smuggled.headers.get('location')).toBe(
      `${server.issuer}/authorize?state=a%0D%0Aset-cookie%3A+x%3D1%23y`,
    )
    const raw = await fetch(`${server.issuer}/authorize`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'state=a\r\nb#c d',
    })
    expect(raw.headers.get('location')).toBe(`${server.issuer}/authorize?state=a%0D%0Ab%23c+d`)
    expect((await fetch(`${server.issuer}/authorize`, { method: 'POST', body: '{}' })).status).toBe(415)
    expect(
      (
        await fetch(`${server.issuer}/authorize`, {
          method: 'POST',
          body: new URLSearchParams({ state: 'x'.repeat(9000) }),
        })
      ).status,
    ).toBe(413)
  })

  it('enforces require_pushed_authorization_requests, and takes a pushed request once (RFC 9126 §4, §6)', async () => {
    const client = await server.register({ ...PUBLIC, require_pushed_authorization_requests: true })
    expect((await login(server, client)).location.searchParams.get('error')).toBe('invalid_request')
    const verifier = 'v'.repeat(43)
    const pushed = await post(server, '/par', {
      client_id: client.id,
      response_type: 'code',
      redirect_uri: 'https://client.example/callback',
      code_challenge: sha256(verifier),
      code_challenge_method: 'S256',
    })
    expect(pushed.status).toBe(201)
    const query = new URLSearchParams({ client_id: client.id, request_uri: pushed.body.request_uri })
    const { location } = await createBrowser(server).go(`${server.issuer}/authorize?${query}`)
    expect(new URL(location!).searchParams.get('code')).toBeTruthy()
    query.set('redirect_uri', 'https://client.example/callback')
    const again = await createBrowser(server).go(`${server.issuer}/authorize?${query}`)
    expect(new URL(again.location!).searchParams.get('error')).toBe('invalid_request_uri')
    expect(new URL(again.location!).searchParams.has('code')).toBe(false)
  })

  it('gives a client that names a resource a token for it, and the granted one on refresh (RFC 8707 §2.2)', async () => {
    const client = await server.register(PUBLIC)
    const resource = 'https://mcp.example/'
    const ended = await login(server, client, { resource })
    const audience = (token: string) =>
      JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()).aud
    const first = await exchange(server, client, ended, { resource })
    expect(audience(first.body.access_token)).toBe(resource)
    const second = await refresh(server, client, first.body.refresh_token)
    expect(audience(second.body.access_token)).toBe(resource)
    const other = await refresh(server, client, second.body.refresh_token, {
      resource: 'https://other.example/',
    })
    expect(other.body.error).toBe('invalid_target')
  })

  it('lets everything of a deleted client die with it: tokens, codes, grants, sessions (RFC 7592 §2.3)', async () => {
    const client = await server.register(PUBLIC)
    const witness = await server.register({}, { gate: 'initial_access_token' })
    const browser = createBrowser(server)
    const unused = await login(server, client, {}, browser)
    const { body } = await exchange(server, client, await login(server, client, {}, browser))
    const own = await server.register({ grant_types: ['client_credentials'], response_types: [] })
    const service = (await postWith(server, own, '/token', { grant_type: 'client_credentials' })).body
      .access_token
    const introspect = async (token: string) =>
      (await postWith(server, witness, '/introspect', { token })).body.active
    expect([await introspect(body.access_token), await introspect(service)]).toEqual([true, true])

    await server.remove(client.id)
    await server.remove(own.id)
    expect([await introspect(body.access_token), await introspect(service)]).toEqual([false, false])
    const userinfo = await fetch(`${server.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    })
    expect(userinfo.status).toBe(401)
    expect((await refresh(server, client, body.refresh_token)).body.error).toBe('invalid_client')
    expect((await exchange(server, client, unused)).body.error).toBe('invalid_client')
    // The same browser, still signed in, is no worse off with other clients.
    const ended = await login(server, witness, {}, browser)
    expect(ended.location.searchParams.get('code')).toBeTruthy()
  })

  it('signs an end-user out, with a deleted client among those that they used (RP-Initiated Logout 1.0 §2)', async () => {
    const [gone, kept] = [
      await server.register({}),
      await server.register({ post_logout_redirect_uris: ['https://client.example/bye'] }),
    ]
    const browser = createBrowser(server)
    await login(server, gone, {}, browser)
    const { body } = await exchange(server, kept, await login(server, kept, { scope: 'openid' }, browser))
    await server.remove(gone.id)
    const query = new URLSearchParams({
      id_token_hint: body.id_token,
      post_logout_redirect_uri: 'https://client.example/bye',
    })
    const page = await browser.go(`${server.issuer}/end-session?${query}`)
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.answer.body)?.[1] ?? ''
    const form = new URLSearchParams({ xsrf, logout: 'yes' })
    const done = await browser.go(`${server.issuer}/end-session/confirm`, { method: 'POST', body: form })
    expect(done.location).toBe('https://client.example/bye')
    // A client without the refresh_token grant lives with the session.
    const userinfo = await fetch(`${server.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    })
    expect(userinfo.status).toBe(401)
    const wrong = await browser.go(
      `${server.issuer}/end-session?${new URLSearchParams({ ...Object.fromEntries(query), post_logout_redirect_uri: 'https://client.example/bye/' })}`,
    )
    expect([wrong.answer.status, wrong.location]).toEqual([400, undefined])
  })

  it("hides what one introspects of another client's refresh token, and all of it from public clients (RFC 7662 §2.2)", async () => {
    const [client, other, open] = [
      await server.register({ ...PUBLIC, token_endpoint_auth_method: 'client_secret_basic' }),
      await server.register({}, { gate: 'initial_access_token' }),
      await server.register(PUBLIC),
    ]
    const { body } = await exchange(server, client, await login(server, client))
    const active = async (who: typeof client, token: string) =>
      (await postWith(server, who, '/introspect', { token })).body.active
    expect(await active(client, body.refresh_token)).toBe(true)
    expect(await active(other, body.access_token)).toBe(true)
    expect(await active(other, body.refresh_token)).toBe(false)
    expect(await active(open, body.access_token)).toBe(false)
  })

  it('answers about tokens of others only to a client that somebody answers for (RFC 7662 §2.1)', async () => {
    const owner = await server.register(PUBLIC)
    const { body } = await exchange(server, owner, await login(server, owner))
    const asked = async (gate: string, metadata = {}) => {
      const asker = await server.register(metadata, { gate })
      return (await postWith(server, asker, '/introspect', { token: body.access_token })).body
    }
    for (const gate of ['initial_access_token', 'api_key', 'software_statement'])
      expect(await asked(gate), gate).toMatchObject({ active: true, client_id: owner.id })
    for (const gate of ['open', 'open_public']) expect(await asked(gate), gate).toEqual({ active: false })
    expect(await asked('initial_access_token', PUBLIC)).toEqual({ active: false })
    // Not its own either: whoever holds the token could say that they are this client.
    const own = await postWith(server, owner, '/introspect', { token: body.access_token })
    expect(own.body).toEqual({ active: false })
  })

  it('demands the redirect URI again with the code, also of a client that has one alone (RFC 6749 §4.1.3)', async () => {
    const client = await server.register(PUBLIC)
    const ended = await login(server, client)
    const form = {
      grant_type: 'authorization_code',
      code: ended.location.searchParams.get('code')!,
      code_verifier: ended.verifier,
    }
    const without = await postWith(server, client, '/token', form)
    expect([without.status, without.body.error]).toEqual([400, 'invalid_request'])
    expect((await exchange(server, client, ended)).status).toBe(200)
  })

  it('takes no code back that was sent to a redirect URI which was removed since (RFC 7592 §2.2, AZ-05)', async () => {
    const kept = 'https://client.example/kept'
    const client = await server.register({
      ...PUBLIC,
      redirect_uris: ['https://client.example/callback', kept],
    })
    const [removed, other] = [
      await login(server, client),
      await login(server, client, { redirect_uri: kept }),
    ]
    await server.update(client.record, { redirect_uris: [kept] })
    const refused = await exchange(server, client, removed)
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_grant'])
    expect(refused.body.error_description).toContain('redirect_uri')
    // The engine holds another address against the code's.
    const disguised = await exchange(server, client, { ...removed, redirectUri: kept })
    expect(disguised.body.error).toBe('invalid_grant')
    expect((await exchange(server, client, other)).status).toBe(200)
  })

  it('revokes a token with all that stands on the same consent (RFC 7009 §2.1)', async () => {
    const client = await server.register(PUBLIC)
    const { body } = await exchange(server, client, await login(server, client))
    const stranger = await server.register({})
    const refused = await postWith(server, stranger, '/revoke', { token: body.refresh_token })
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_request'])
    expect((await postWith(server, client, '/revoke', { token: body.refresh_token })).status).toBe(200)
    const userinfo = await fetch(`${server.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    })
    expect(userinfo.status).toBe(401)
    expect((await postWith(server, client, '/revoke', { token: 'unknown' })).status).toBe(200)
  })

  it('gives two clients of pairwise subject type two names for one person (OpenID Connect Core 1.0 §8.1)', async () => {
    const subjects = []
    for (const host of ['one.example', 'two.example']) {
      const client = await server.register({
        ...PUBLIC,
        subject_type: 'pairwise',
        redirect_uris: [`https://${host}/cb`],
      })
      const { body } = await exchange(server, client, await login(server, client, { scope: 'openid' }))
      subjects.push(JSON.parse(Buffer.from(body.id_token.split('.')[1], 'base64url').toString()).sub)
    }
    expect(new Set([...subjects, ACCOUNT]).size).toBe(3)
  })
})

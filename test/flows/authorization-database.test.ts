/** What a copy of the database is worth to a thief: none of what was handed out can be read in it (RFC 6819 §5.1.4.1). */
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DEVICE_CODE } from '../../clientele/src/oauth/capabilities.ts'
import { parseConfig } from '../../clientele/src/server/config.ts'
import { startServer } from '../../clientele/src/server/start-server.ts'
import { logIn, type Registered, tokenRequest } from '../harness/client-login.ts'
import { ADA, type RealServer, readServer } from '../harness/real-server.ts'

const REDIRECT_URI = 'https://app.example.org/cb'
const METADATA = {
  redirect_uris: [REDIRECT_URI],
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE],
}

let data: string
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'clientele-database-'))
})
afterEach(() => rmSync(data, { recursive: true, force: true }))

/** The database with its write-ahead log. */
function databaseBytes(): Buffer {
  const files = readdirSync(data).filter((name) => name.startsWith('clientele.db'))
  return Buffer.concat(files.map((name) => readFileSync(join(data, name))))
}

test('after whole logins no credential, code, token or session can be read in the database', async () => {
  const running = await startServer(
    parseConfig({ server: { port: 0, data, drain_seconds: 1 }, registration: { anonymous: true } }),
  )
  const handedOut = new Map<string, string>([['password', ADA.password]])
  try {
    await running.createAccount(ADA)
    const server = (await readServer(running.url, running.issuer)) as RealServer
    const initial = await running.createInitialAccessToken({ uses: 1, expiresInSeconds: 60 })
    handedOut.set('initial access token', initial.token)

    for (const method of ['none', 'client_secret_basic', 'client_secret_post', 'client_secret_jwt']) {
      const grant_types = METADATA.grant_types.filter(
        (grant) => method !== 'none' || grant !== 'client_credentials',
      )
      const answer = await server.register({ ...METADATA, grant_types, token_endpoint_auth_method: method })
      const client = (await answer.json()) as Registered
      const note = (name: string, value: unknown) => {
        expect(value, `${method}: ${name}`).toBeTypeOf('string')
        handedOut.set(`${method}: ${name}`, String(value))
      }
      note('registration access token', client.registration_access_token)
      if (method !== 'none') note('client secret', client.client_secret)
      if (method === 'client_secret_jwt') continue

      const person = server.person()
      const login = { redirectUri: REDIRECT_URI, scope: 'openid email', pkce: true, method, refresh: true }
      const session = await logIn(server, client, login as never, person)
      note('code', session.returned.answer.get('code'))
      for (const member of ['access_token', 'refresh_token', 'id_token'])
        note(member, session.tokens.body[member])
      const refreshed = await session.refresh(session.tokens.body.refresh_token!)
      for (const member of ['access_token', 'refresh_token']) note(`second ${member}`, refreshed.body[member])
      for (const [name, { value }] of person.browser.cookies)
        if (!name.includes('.sig')) note(`cookie ${name}`, value)

      const ask = (path: string, form: Record<string, string>) => {
        const url = running.url + path
        return tokenRequest(
          { ...server, metadata: { token_endpoint: url } },
          client,
          { method } as never,
          form,
        )
      }
      const code_challenge = createHash('sha256').update('v'.repeat(43)).digest('base64url')
      const pkce = { code_challenge, code_challenge_method: 'S256' }
      const request = {
        client_id: client.client_id,
        response_type: 'code',
        redirect_uri: REDIRECT_URI,
        ...pkce,
      }
      const pushed = await ask('/par', request)
      note('request_uri', pushed.body.request_uri?.split(':').at(-1))
      const opened = await fetch(`${running.url}/authorize?${new URLSearchParams(request)}`, {
        redirect: 'manual',
      })
      note('interaction', opened.headers.get('location')?.split('/').at(-1))
      const device = await ask('/device-authorization', {})
      note('device code', device.body.device_code)
      note('user code', device.body.user_code?.replace('-', ''))
      note('user code as shown', device.body.user_code)
      if (method !== 'none')
        note(
          'own token',
          (await ask('/token', { grant_type: 'client_credentials', scope: 'email' })).body.access_token,
        )
    }
    // What must be there: or this would search in nothing.
    expect(databaseBytes().includes(REDIRECT_URI)).toBe(true)
    expect([...handedOut.keys()].filter((name) => name.includes('cookie')).length).toBeGreaterThanOrEqual(3)
    expectNothingReadable(handedOut)
  } finally {
    await running.close()
  }
  // And once more what a clean end leaves behind.
  expectNothingReadable(handedOut)
})

function expectNothingReadable(handedOut: ReadonlyMap<string, string>): void {
  const bytes = databaseBytes()
  expect(bytes.length).toBeGreaterThan(4096)
  for (const [name, value] of handedOut) {
    expect(value.length, name).toBeGreaterThanOrEqual(8)
    expect(bytes.includes(value), name).toBe(false)
    expect(bytes.includes(Buffer.from(value).toString('base64url')), `${name}, encoded`).toBe(false)
  }
}

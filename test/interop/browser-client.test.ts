/**
 * A client that is nothing but a web page, in real Chromium: everything that it does crosses origins, so the browser itself
 * judges our CORS. As MCP Inspector in direct mode, Element Web and Solid programs do it.
 */
import { createHash, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findChromium, launchChromium } from '../browser/chromium.ts'
import type { Registered } from '../harness/client-login.ts'
import { ADA, type RealServer } from '../harness/real-server.ts'
import { startSeparateServer } from './separate-server.ts'

const executable = findChromium()
const skipped = executable === undefined ? ' (skipped: no Chromium is installed here)' : ''

interface Call {
  readonly url: string
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly form?: Record<string, string>
  readonly json?: unknown
}

interface Answer {
  readonly status: number
  readonly body: Record<string, string>
  readonly challenge: string | null
}

describe.skipIf(executable === undefined)(`a client in a browser${skipped}`, () => {
  let server: RealServer
  let site: Server
  let browser: Browser
  let page: Page
  let redirectUri: string

  beforeAll(async () => {
    server = await startSeparateServer()
    site = createServer((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
    )
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
    // Another name for the machine: another site, not only another origin.
    redirectUri = `http://localhost:${(site.address() as AddressInfo).port}/callback`
    browser = await launchChromium(executable!)
    page = await browser.newPage()
    await page.goto(redirectUri)
  })
  afterAll(async () => {
    await browser?.close()
    site?.closeAllConnections()
    site?.close()
    await server?.close()
  })

  /** What a script on the page can learn of an answer. */
  function call(what: Call): Promise<Answer> {
    return page.evaluate(async ({ url, method = 'GET', headers = {}, form, json }) => {
      const body = form ? new URLSearchParams(form) : json === undefined ? null : JSON.stringify(json)
      const type: Record<string, string> = json === undefined ? {} : { 'content-type': 'application/json' }
      const response = await fetch(url, { method, headers: { ...type, ...headers }, body })
      const text = await response.text()
      return {
        status: response.status,
        body: text === '' ? {} : JSON.parse(text),
        challenge: response.headers.get('www-authenticate'),
      }
    }, what)
  }

  test('discovers, registers, logs in, refreshes, and takes its leave, all from another origin', async () => {
    const discovered = await call({
      url: `${server.issuer}/.well-known/oauth-authorization-server`,
      headers: { 'mcp-protocol-version': '2025-11-25' },
    })
    const as = discovered.body
    const registered = await call({
      url: as.registration_endpoint!,
      method: 'POST',
      json: {
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
      },
    })
    expect(registered.status).toBe(201)
    const client = registered.body as unknown as Registered

    const verifier = randomBytes(32).toString('base64url')
    const query = new URLSearchParams({
      client_id: client.client_id,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid email',
      state: 's',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    })
    await page.goto(`${as.authorization_endpoint}?${query}`)
    await page.getByLabel('Email address').fill(ADA.email)
    await page.getByLabel('Password').fill(ADA.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.waitForURL(`${redirectUri}?**`)
    const code = new URL(page.url()).searchParams.get('code')!

    const token = (form: Record<string, string>) =>
      call({ url: as.token_endpoint!, method: 'POST', form: { client_id: client.client_id, ...form } })
    const tokens = await token({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    })
    expect(tokens.status).toBe(200)
    const authorization = `Bearer ${tokens.body.access_token}`
    const userinfo = await call({ url: as.userinfo_endpoint!, headers: { authorization } })
    expect(userinfo.body.email).toBe(ADA.email)
    const refreshed = await token({ grant_type: 'refresh_token', refresh_token: tokens.body.refresh_token! })
    expect(refreshed.status).toBe(200)
    expect((await call({ url: as.jwks_uri! })).body).toHaveProperty('keys')

    const form = { token: refreshed.body.refresh_token!, client_id: client.client_id }
    expect((await call({ url: as.revocation_endpoint!, method: 'POST', form })).status).toBe(200)
    const management = {
      url: String(client.registration_client_uri),
      headers: { authorization: `Bearer ${client.registration_access_token}` },
    }
    expect((await call(management)).body.client_id).toBe(client.client_id)
    expect((await call({ ...management, method: 'DELETE' })).status).toBe(204)
  })

  test('can read what is wrong: a refused registration, token request, and challenge', async () => {
    const json = { redirect_uris: ['http://client.example.org/cb'] }
    const refused = await call({ url: server.metadata.registration_endpoint!, method: 'POST', json })
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_redirect_uri' } })
    const form = { grant_type: 'refresh_token', refresh_token: 'x', client_id: 'unknown' }
    // A header that only a preflight lets through (RFC 9449 §4.1).
    const token = { url: server.metadata.token_endpoint!, method: 'POST', headers: { dpop: 'x' }, form }
    expect(await call(token)).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    const userinfo = await call({
      url: server.metadata.userinfo_endpoint!,
      headers: { authorization: 'Bearer x' },
    })
    expect(userinfo.status).toBe(401)
    expect(userinfo.challenge).toContain('invalid_token')
  })

  test('gets nothing from the authorization endpoint, where people are sent (RFC 9700 §2.6)', async () => {
    await expect(call({ url: `${server.metadata.authorization_endpoint}?client_id=x` })).rejects.toThrow(
      'Failed to fetch',
    )
  })
})

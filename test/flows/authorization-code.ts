import { randomText, sha256 } from '../../clientele/src/runtime/cryptography.ts'
import type { TestClient, TestServer } from './authorization-fixture.ts'
import { type Answer, answerOf, basic, type Form, post } from './token-request.ts'

/** A browser with one jar of cookies, which follows redirects as long as they stay at the server. */
export function createBrowser(server: Pick<TestServer, 'origin'>) {
  const jar = new Map<string, string>()
  return {
    jar,
    async go(url: string, init: RequestInit = {}): Promise<{ answer: Answer; location?: string }> {
      let next: string | undefined = url
      for (let hop = 0; hop < 12 && next !== undefined; hop++) {
        const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
        const response: Response = await fetch(next, {
          ...(hop === 0 ? init : {}),
          redirect: 'manual',
          headers: { accept: 'text/html', ...(init.headers as Record<string, string>), cookie },
        })
        for (const line of response.headers.getSetCookie()) {
          const [pair = ''] = line.split(';')
          const at = pair.indexOf('=')
          if (/expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(pair.slice(0, at))
          else jar.set(pair.slice(0, at), pair.slice(at + 1))
        }
        const location = response.headers.get('location')
        if (location === null || response.status < 300 || response.status > 399)
          return { answer: await answerOf(response) }
        const absolute: string = URL.canParse(location) ? location : new URL(location, next).href
        if (!absolute.startsWith(`${server.origin}/`))
          return { answer: await answerOf(response), location: absolute }
        next = absolute
      }
      throw new Error('too many redirects')
    },
  }
}

export interface Login {
  readonly location: URL
  readonly verifier: string
  readonly redirectUri: string
}

/** Signs in through the authorization endpoint; where it ends is the client's redirect URI. */
export async function login(
  server: TestServer,
  client: Pick<TestClient, 'id' | 'record'>,
  params: Form = {},
  browser = createBrowser(server),
): Promise<Login> {
  const verifier = randomText(32)
  const redirectUri = params.redirect_uri ?? client.record.granted.redirect_uris![0]!
  const query = new URLSearchParams({
    client_id: client.id,
    response_type: 'code',
    redirect_uri: redirectUri,
    code_challenge: sha256(verifier),
    code_challenge_method: 'S256',
    state: 'state of the test',
    ...params,
  })
  const { location, answer } = await browser.go(`${server.issuer}/authorize?${query}`)
  if (location === undefined)
    throw new Error(`no redirect to the client: ${answer.status} ${String(answer.body)}`)
  return { location: new URL(location), verifier, redirectUri }
}

/** A code's exchange (RFC 6749 §4.1.3), as the client's method has it. */
export function exchange(
  server: TestServer,
  client: TestClient,
  { location, verifier, redirectUri }: Login,
  extra: Form = {},
) {
  const code = location.searchParams.get('code') ?? ''
  const form = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...extra,
  }
  return postWith(server, client, '/token', form)
}

export function refresh(
  server: TestServer,
  client: TestClient,
  token: string,
  extra: Form = {},
): Promise<Answer> {
  return postWith(server, client, '/token', { grant_type: 'refresh_token', refresh_token: token, ...extra })
}

/** Authenticates as the client registered to: HTTP Basic, the form, or its id alone. */
export function postWith(server: TestServer, client: TestClient, path: string, form: Form): Promise<Answer> {
  switch (client.record.granted.token_endpoint_auth_method) {
    case 'client_secret_basic':
      return post(server, path, form, basic(client.id, client.secret))
    case 'client_secret_post':
      return post(server, path, { ...form, client_id: client.id, client_secret: client.secret })
    default:
      return post(server, path, { ...form, client_id: client.id })
  }
}

/** A registered client that logs in as its fixture says: every request written by hand, as the real client writes it. */
import { createHash, randomBytes } from 'node:crypto'
import type { JsonObject } from '../../clientele/src/oauth/json.ts'
import type { Login } from '../fixtures/client-fixture.ts'
import { createProofs, type Proofs } from './dpop-proofs.ts'
import type { Person, Returned } from './person.ts'
import type { RealServer } from './real-server.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, string>>
}

/** What a client holds after its registration: the members of the answer that a login needs. */
export type Registered = JsonObject & { readonly client_id: string; readonly client_secret?: string }

export interface Session {
  readonly returned: Returned
  readonly tokens: Answer
  refresh(refreshToken: string): Promise<Answer>
  userinfo(accessToken: string): Promise<Answer>
}

/** Sends the end-user to the authorization endpoint and redeems the code that comes back. */
export async function logIn(
  server: RealServer,
  client: Registered,
  login: Login,
  person: Person = server.person(),
): Promise<Session> {
  const verifier = randomBytes(32).toString('base64url')
  const state = randomBytes(8).toString('base64url')
  const proofs = login.dpop ? await createProofs() : undefined
  const returned = await person.authorize(authorizationUrl(server, client, login, { verifier, state }))
  const code = returned.answer.get('code')
  if (code === null) throw new Error(`no code came back: ${returned.location}`)
  if (returned.answer.get('state') !== state) throw new Error(`another state came back: ${returned.location}`)

  const token = (parameters: Record<string, string>) =>
    tokenRequest(
      server,
      client,
      login,
      { ...parameters, ...(login.resource ? { resource: login.resource } : {}) },
      proofs,
    )
  const tokens = await token({
    grant_type: 'authorization_code',
    code,
    redirect_uri: login.redirectUri,
    ...(login.pkce ? { code_verifier: verifier } : {}),
  })
  return {
    returned,
    tokens,
    refresh: (refreshToken) =>
      token({
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        ...(login.repeatsScope && tokens.body.scope ? { scope: tokens.body.scope } : {}),
      }),
    async userinfo(accessToken) {
      const url = server.metadata.userinfo_endpoint!
      const proof = proofs && { dpop: await proofs.make('GET', url, accessToken) }
      const authorization = `${proof ? 'DPoP' : 'Bearer'} ${accessToken}`
      return answerOf(await fetch(url, { headers: { authorization, ...proof } }))
    },
  }
}

function authorizationUrl(
  server: RealServer,
  client: Registered,
  login: Login,
  { verifier, state }: { readonly verifier: string; readonly state: string },
): string {
  const query = new URLSearchParams({ response_type: 'code', client_id: client.client_id, state })
  if (login.scope !== undefined) query.set('scope', login.scope)
  if (login.resource !== undefined) query.set('resource', login.resource)
  if (login.pkce) {
    query.set('code_challenge', createHash('sha256').update(verifier).digest('base64url'))
    query.set('code_challenge_method', 'S256')
  }
  for (const [name, value] of Object.entries(login.parameters ?? {})) query.set(name, value)
  const redirectUri = login.unescaped ? login.redirectUri : encodeURIComponent(login.redirectUri)
  return `${server.metadata.authorization_endpoint}?${query}&redirect_uri=${redirectUri}`
}

/** One request to the token endpoint, authenticated as the client does it. */
export async function tokenRequest(
  server: RealServer,
  client: Registered,
  login: Pick<Login, 'method' | 'plainBasic' | 'repeatsId'>,
  parameters: Readonly<Record<string, string>>,
  proofs?: Proofs,
): Promise<Answer> {
  const url = server.metadata.token_endpoint!
  const body = new URLSearchParams(parameters)
  const headers: Record<string, string> = {}
  if (login.method === 'client_secret_basic') headers.authorization = basic(client, login.plainBasic)
  if (login.method !== 'client_secret_basic' || login.repeatsId) body.set('client_id', client.client_id)
  if (login.method === 'client_secret_post') body.set('client_secret', client.client_secret ?? '')
  if (proofs) headers.dpop = await proofs.make('POST', url)
  return answerOf(await fetch(url, { method: 'POST', headers, body }))
}

/** RFC 6749 §2.3.1 form-encodes id and secret first; `plain` is what clients send that do not. */
function basic({ client_id, client_secret = '' }: Registered, plain = false): string {
  const encode = plain
    ? (text: string) => text
    : (text: string) => encodeURIComponent(text).replace(/%20/g, '+')
  return `Basic ${Buffer.from(`${encode(client_id)}:${encode(client_secret)}`).toString('base64')}`
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  if (!response.headers.get('content-type')?.startsWith('application/json')) {
    throw new Error(`${response.status} without JSON: ${text.slice(0, 400)}`)
  }
  return {
    status: response.status,
    headers: response.headers,
    body: JSON.parse(text) as Record<string, string>,
  }
}

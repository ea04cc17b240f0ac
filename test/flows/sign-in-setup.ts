import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonObject } from '../../clientele/src/oauth/json.ts'
import type { Log } from '../../clientele/src/runtime/log.ts'
import { startServer } from '../../clientele/src/server/start-server.ts'
import { parseConfig } from '../../clientele/src/server.ts'

/** A running server with one account and some clients: what an end-user meets. */
export interface SignInSetup {
  readonly issuer: string
  /** Where it really listens; other than the issuer, as behind a proxy, when the test named one. */
  readonly url: string
  /** The client ids, by the names that the test gave. */
  readonly clients: Readonly<Record<string, RegisteredClient>>
  /** What the server logged as an error: nothing, in a test that is not about faults. */
  readonly errors: readonly unknown[]
  /** Changes a registration (RFC 7592 §2.2). */
  update(name: string, metadata: JsonObject): Promise<void>
  /** Deletes a registration (RFC 7592 §2.3). */
  delete(name: string): Promise<void>
  close(): Promise<void>
}

export interface RegisteredClient {
  readonly client_id: string
  readonly registration_client_uri: string
  readonly registration_access_token: string
}

export const EMAIL = 'ada@example.org'
export const OTHER_EMAIL = 'grace@example.org'
export const PASSWORD = 'correct horse battery staple'
/** RFC 7636 appendix B. */
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
export const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

export async function startSignIn(
  clients: Readonly<Record<string, JsonObject>>,
  limits: Readonly<Record<string, unknown>> = {},
  issuer?: string,
): Promise<SignInSetup> {
  const data = await mkdtemp(join(tmpdir(), 'clientele-sign-in-'))
  const errors: unknown[] = []
  const server = await startServer(
    parseConfig({
      server: { port: 0, data, drain_seconds: 0, ...(issuer === undefined ? {} : { issuer }) },
      registration: { anonymous: true },
      scopes: { supported: ['openid', 'offline_access', 'profile', 'email', 'tools:read', 'tools:write'] },
      limits: { sign_in_failures_per_account: 1000, sign_in_failures_per_address: 1000, ...limits },
    }),
    { log: errorLog(errors) },
  )
  const close = async () => {
    await server.close()
    await rm(data, { recursive: true })
  }
  const registered: Record<string, RegisteredClient> = {}
  try {
    for (const email of [EMAIL, OTHER_EMAIL]) await server.createAccount({ email, password: PASSWORD })
    const base = server.url + new URL(server.issuer).pathname.replace(/\/$/, '')
    for (const [name, metadata] of Object.entries(clients)) registered[name] = await register(base, metadata)
  } catch (error) {
    await close()
    throw error
  }
  return {
    issuer: server.issuer,
    url: server.url,
    clients: registered,
    errors,
    async update(name, metadata) {
      const client_id = registered[name]!.client_id
      await manage(registered[name]!, { method: 'PUT', body: JSON.stringify({ ...metadata, client_id }) })
    },
    delete: (name) => manage(registered[name]!, { method: 'DELETE' }),
    close,
  }
}

/** The address that a client sends its user to. */
export function authorizationUrl(
  { issuer, clients }: SignInSetup,
  name: string,
  redirectUri: string,
  more: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams({
    client_id: clients[name]?.client_id ?? name,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid email',
    state: 'state-1',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...more,
  })
  return `${issuer}/authorize?${query}`
}

async function register(base: string, metadata: JsonObject): Promise<RegisteredClient> {
  const response = await fetch(`${base}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token_endpoint_auth_method: 'none', ...metadata }),
  })
  if (response.status !== 201) throw new Error(`not registered: ${await response.text()}`)
  return (await response.json()) as RegisteredClient
}

async function manage(client: RegisteredClient, request: RequestInit): Promise<void> {
  const headers = {
    authorization: `Bearer ${client.registration_access_token}`,
    'content-type': 'application/json',
  }
  const response = await fetch(client.registration_client_uri, { ...request, headers })
  if (!response.ok) throw new Error(`${request.method} failed: ${await response.text()}`)
}

function errorLog(errors: unknown[]): Log {
  const ignore = () => {}
  return {
    debug: ignore,
    info: ignore,
    warn: ignore,
    error: (...line: unknown[]) => errors.push(line),
  } as unknown as Log
}

import type { Hono } from 'hono'
import type { ClientRecord } from '../../clientele/src/clients/client.ts'
import { CREDENTIAL_PREFIXES, encodeKey, makeCredential } from '../../clientele/src/clients/credential.ts'
import type { InitialAccessTokenRecord } from '../../clientele/src/clients/initial-access-token.ts'
import type { Gate } from '../../clientele/src/gates/gate.ts'
import { initialAccessTokenGate } from '../../clientele/src/gates/initial-access-token.ts'
import { openGate } from '../../clientele/src/gates/open.ts'
import { createApp } from '../../clientele/src/http/app.ts'
import { BUILT_IN, type Capabilities } from '../../clientele/src/oauth/capabilities.ts'
import type { JsonObject } from '../../clientele/src/oauth/json.ts'
import { METADATA_FIELDS } from '../../clientele/src/oauth/metadata-fields.ts'
import { compilePolicy } from '../../clientele/src/policies/compile-policy.ts'
import { createPolicies } from '../../clientele/src/policies/create-policies.ts'
import type { Policies } from '../../clientele/src/policies/policy.ts'
import type { PolicyDefinition } from '../../clientele/src/policies/policy-definition.ts'
import { PRESETS } from '../../clientele/src/policies/presets.ts'
import type { RegistrationDeps } from '../../clientele/src/registration/deps.ts'
import { unlimitedAttempts } from '../../clientele/src/runtime/attempt-limit.ts'
import { sha256 } from '../../clientele/src/runtime/cryptography.ts'
import { attachRequestFacts, type RequestFacts } from '../../clientele/src/runtime/request-facts.ts'
import { createSealer } from '../../clientele/src/runtime/sealer.ts'
import { createKeys } from '../../clientele/src/runtime/time-ordered.ts'
import type { Store } from '../../clientele/src/stores/store.ts'
import { createFlowStore } from './flow-store.ts'

/** What a test may choose; everything else has a value that works. */
export interface RegistrationOverride {
  readonly issuer?: string
  /** Whether anyone may register; true unless said otherwise. */
  readonly anonymous?: boolean
  readonly bodyBytes?: number
  readonly store?: Store
  readonly capabilities?: Capabilities
  readonly clientSecretLifetimeSeconds?: number
  /** As the operator writes them, beside the presets; one named `default` is the default. */
  readonly policies?: readonly PolicyDefinition[]
  /** Asked before the others. */
  readonly gates?: readonly Gate[]
  readonly checkServable?: RegistrationDeps['checkServable']
  readonly statements?: NonNullable<RegistrationDeps['statements']>
}

/** A registration app over the memory store, without a socket, and the hands that a test needs. */
export interface RegistrationSetup {
  readonly app: Hono
  readonly issuer: string
  readonly store: Store
  /** The clock that the app reads; a test sets it forward. */
  readonly clock: { now: number; milliseconds(): number }
  /** What was thrown and is not an answer to anybody: always empty, but for tests of faults. */
  readonly faults: unknown[]
  /** Any request; the path may be a whole URL. An object as body is sent as JSON. */
  send(method: string, path: string, request?: SentRequest): Promise<Answer>
  register(metadata: unknown, request?: SentRequest): Promise<Answer>
  read(client: Answer | ClientAddress, request?: SentRequest): Promise<Answer>
  /** PUTs `metadata` with the client's id put in, unless it has one. */
  update(client: Answer | ClientAddress, metadata: JsonObject, request?: SentRequest): Promise<Answer>
  delete(client: Answer | ClientAddress, request?: SentRequest): Promise<Answer>
  /** A new initial access token, in clear. */
  initialAccessToken(override?: Partial<InitialAccessTokenRecord>): Promise<string>
  /** The stored record of a client. */
  record(client: Answer): Promise<ClientRecord | undefined>
}

export interface SentRequest {
  /** Sent as Bearer. */
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Where it comes from, as a listener would know it. */
  readonly from?: Pick<RequestFacts, 'address' | 'certificate'>
}

/** Where a client is managed, and by what. */
export interface ClientAddress {
  readonly registration_client_uri: string
  readonly registration_access_token: string
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The JSON of the answer; an empty object when there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look at answers of any shape
  readonly body: any
}

/** 2026-11-21. */
const START = 1_795_219_200

/** The metadata of a client of which nothing is asked but to exist. */
export const WEB_CLIENT = { redirect_uris: ['https://client.example/callback'] } as const

export function setUpRegistration(override: RegistrationOverride = {}): RegistrationSetup {
  const { issuer = 'https://as.example', anonymous = true, store = createFlowStore() } = override
  const clock = {
    now: START,
    milliseconds() {
      return this.now * 1000
    },
  }
  const keys = createKeys(clock)
  const capabilities = override.capabilities ?? BUILT_IN
  const faults: unknown[] = []
  const app = createApp({
    issuer,
    registration: {
      gates: [
        ...(override.gates ?? []),
        initialAccessTokenGate(store, clock),
        ...(anonymous ? [openGate()] : []),
      ],
      attempts: unlimitedAttempts,
      ignoreForeignBearer: false,
      capabilities,
      policies: compilePolicies(override.policies, capabilities),
      fields: METADATA_FIELDS,
      store,
      clock,
      keys,
      sealer: createSealer(Buffer.alloc(32, 7)),
      checkServable: override.checkServable ?? (() => {}),
      clientSecretLifetimeSeconds: override.clientSecretLifetimeSeconds ?? 0,
      ...(override.statements === undefined ? {} : { statements: override.statements }),
    },
    bodyBytes: override.bodyBytes ?? 65_536,
    metadata: () => ({ issuer }),
    authorizationServer: async (_request, response) => void response.writeHead(501).end(),
    operatorRoutes: [],
    onFault: (error) => faults.push(error),
  })

  async function send(
    method: string,
    path: string,
    { token, headers, body, from }: SentRequest = {},
  ): Promise<Answer> {
    const incoming = {}
    if (from !== undefined) attachRequestFacts(incoming, { id: 'test', ...from })
    const isJson = body !== undefined && (typeof body !== 'string' || headers === undefined)
    const request = {
      method,
      headers: {
        ...(isJson ? { 'content-type': 'application/json' } : {}),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: bodyOf(body), duplex: 'half' }),
    } as RequestInit
    const response = await app.request(path, request, { incoming })
    return readAnswer(response)
  }
  const registrationPath = `${new URL(issuer).pathname.replace(/\/$/, '')}/register`
  const manage = (method: string, client: Answer | ClientAddress, request: SentRequest = {}) => {
    const address = 'body' in client ? (client.body as ClientAddress) : client
    return send(method, address.registration_client_uri, {
      token: address.registration_access_token,
      ...request,
    })
  }

  return {
    app,
    issuer,
    store,
    clock,
    faults,
    send,
    register: (metadata, request) => send('POST', registrationPath, { ...request, body: metadata }),
    read: (client, request) => manage('GET', client, request),
    update: (client, metadata, request) => {
      const { registration_client_uri } = 'body' in client ? (client.body as ClientAddress) : client
      const body = { client_id: registration_client_uri.split('/').at(-1)!, ...metadata }
      return manage('PUT', client, { ...request, body })
    },
    delete: (client, request) => manage('DELETE', client, request),
    async initialAccessToken(tokenOverride = {}) {
      const key = keys.next()
      const token = makeCredential(CREDENTIAL_PREFIXES.initialAccessToken, key)
      const id = encodeKey(key)
      await store.createInitialAccessToken(
        { id, hash: sha256(token), usesLeft: null, expiresAt: null, createdAt: clock.now, ...tokenOverride },
        { action: 'initial_access_token.created', at: clock.now, subject: id, actor: 'operator' },
      )
      return token
    },
    record: (client) => store.findClient(client.body.client_id as string),
  }
}

/** The policies of a test beside the presets, in the order in which they are asked. */
export function compilePolicies(
  definitions: readonly PolicyDefinition[] = [],
  capabilities: Capabilities = BUILT_IN,
): Policies {
  const own = new Map(definitions.map((definition) => [definition.name!, definition]))
  const context = { capabilities, fields: METADATA_FIELDS, known: { own, presets: PRESETS } }
  const presets = [...PRESETS.values()].filter(({ name }) => !own.has(name!))
  const all = [...definitions, ...presets].map((definition) => compilePolicy(definition, context))
  return createPolicies(all, all.find(({ name }) => name === 'default')!)
}

/** The status, headers and JSON of a response. */
export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text()
  const isJson = response.headers.get('content-type') === 'application/json' && text !== ''
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} }
}

function bodyOf(body: unknown): RequestInit['body'] {
  if (typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream)
    return body as never
  return JSON.stringify(body)
}

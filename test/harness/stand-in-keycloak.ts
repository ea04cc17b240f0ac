/**
 * Stands in for Keycloak's token endpoint and admin REST API of clients, as its API documentation describes them: members of
 * `ClientRepresentation`, attributes as text that a PUT merges, client scopes that a PUT ignores. It is not Keycloak.
 */
import {
  checkMembers,
  checkQuery,
  Refused,
  type StandIn,
  type StandInAnswer,
  startStandIn,
} from './stand-in.ts'

const FLAGS =
  'surrogateAuthRequired enabled alwaysDisplayInConsole bearerOnly consentRequired standardFlowEnabled implicitFlowEnabled directAccessGrantsEnabled serviceAccountsEnabled authorizationServicesEnabled publicClient frontchannelLogout fullScopeAllowed'
const TEXTS =
  'id clientId name description type rootUrl adminUrl baseUrl clientAuthenticatorType secret registrationAccessToken protocol origin'
const LISTS = 'redirectUris webOrigins defaultClientScopes optionalClientScopes'
const MEMBERS = Object.fromEntries([
  ...FLAGS.split(' ').map((name) => [name, 'boolean']),
  ...TEXTS.split(' ').map((name) => [name, 'text']),
  ...LISTS.split(' ').map((name) => [name, 'texts']),
  ['attributes', 'object'],
  ['notBefore', 'number'],
])

type Representation = Record<string, unknown> & { readonly attributes?: Record<string, string> }

export interface KeycloakClient {
  readonly representation: Representation
  readonly defaultScopes: Set<string>
  readonly optionalScopes: Set<string>
}

export interface StandInKeycloak extends StandIn {
  /** By `clientId`. */
  find(clientId: string): KeycloakClient | undefined
  add(clientId: string): void
  /** Ends every token that was given out. */
  endTokens(): void
  readonly tokens: () => number
  state: 'unauthorized' | 'failing' | 'serving'
}

export interface StandInRealm {
  readonly realm: string
  readonly clientId: string
  readonly clientSecret: string
}

/** The client scopes of the realm, and which a new client gets. */
const REALM_SCOPES = ['basic', 'roles', 'web-origins', 'acr', 'profile', 'email', 'offline_access', 'phone']
const REALM_DEFAULTS = ['basic', 'roles', 'web-origins', 'acr', 'profile', 'email']
const REALM_OPTIONALS = ['offline_access', 'phone']
const idOf = (scope: string) => `id-of-${scope}`

export async function startStandInKeycloak({
  realm,
  clientId,
  clientSecret,
}: StandInRealm): Promise<StandInKeycloak> {
  const clients = new Map<string, KeycloakClient>()
  const control = { state: 'serving' as StandInKeycloak['state'], valid: new Set<string>(), given: 0 }
  const byClientId = (id: unknown) =>
    [...clients].find(([, { representation }]) => representation.clientId === id)

  const server = await startStandIn((request) => {
    const { method, path, query, headers, raw } = request
    if (control.state === 'failing') throw new Refused(503, 'unknown_error')
    if (path.join('/') === `realms/${realm}/protocol/openid-connect/token`)
      return giveToken(raw, headers.authorization)
    const [admin, realms, name, collection, ...rest] = path
    if (admin !== 'admin' || realms !== 'realms' || name !== realm) throw new Refused(404, 'Realm not found.')
    const token = headers.authorization?.replace(/^Bearer /, '') ?? ''
    if (control.state !== 'serving' || !control.valid.has(token))
      throw new Refused(401, 'HTTP 401 Unauthorized')
    if (collection === 'client-scopes' && method === 'GET' && rest.length === 0)
      return { status: 200, body: REALM_SCOPES.map(toScope) }
    if (collection !== 'clients') throw new Refused(404, 'HTTP 404 Not Found')
    const [uuid, kind, scopeId] = rest
    if (uuid === undefined) return method === 'GET' ? list(query) : create(method, request.json())
    const client = clients.get(uuid)
    if (client === undefined) throw new Refused(404, 'Could not find client')
    if (kind !== undefined) return scopes(method, client, kind, scopeId)
    if (method === 'GET') return { status: 200, body: client.representation }
    if (method === 'PUT') return replace(uuid, client, request.json() as Representation)
    if (method !== 'DELETE') throw new Refused(405, 'HTTP 405 Method Not Allowed')
    clients.delete(uuid)
    return { status: 204 }
  })

  function giveToken(raw: string, authorization: string | undefined): StandInAnswer {
    // Form-encoded first (RFC 6749 §2.3.1).
    const encode = (text: string) => new URLSearchParams({ x: text }).toString().slice(2)
    const expected = `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')}`
    if (control.state !== 'serving' || authorization !== expected) throw new Refused(401, 'invalid_client')
    if (new URLSearchParams(raw).get('grant_type') !== 'client_credentials')
      throw new Refused(400, 'invalid_request')
    const access_token = crypto.randomUUID()
    control.valid.add(access_token)
    control.given += 1
    return { status: 200, body: { access_token, expires_in: 60, token_type: 'Bearer' } }
  }

  function list(query: URLSearchParams): StandInAnswer {
    checkQuery(query, ['clientId', 'first', 'max', 'q', 'search', 'viewableOnly'])
    const [attribute, value] = query.get('q')?.split(':') ?? []
    const wanted = query.get('clientId')
    const all = [...clients.values()]
      .map(({ representation }) => representation)
      .filter((each) => wanted === null || each.clientId === wanted)
      .filter((each) => attribute === undefined || each.attributes?.[attribute] === value)
      .sort((a, b) => (String(a.clientId) < String(b.clientId) ? -1 : 1))
    const first = Number(query.get('first') ?? 0)
    return { status: 200, body: all.slice(first, first + Number(query.get('max') ?? all.length)) }
  }

  function create(method: string, body: Record<string, unknown>): StandInAnswer {
    if (method !== 'POST') throw new Refused(405, 'HTTP 405 Method Not Allowed')
    const representation = validate(body)
    if (typeof representation.clientId !== 'string') throw new Refused(400, 'clientId is missing')
    if (byClientId(representation.clientId))
      throw new Refused(409, `Client ${representation.clientId} already exists`)
    const uuid = put(representation)
    return { status: 201, headers: { location: `${server.url}/admin/realms/${realm}/clients/${uuid}` } }
  }

  function put(representation: Representation): string {
    const uuid = crypto.randomUUID()
    clients.set(uuid, {
      representation: { ...representation, id: uuid, attributes: merge({}, representation.attributes) },
      defaultScopes: new Set(REALM_DEFAULTS),
      optionalScopes: new Set(REALM_OPTIONALS),
    })
    return uuid
  }

  function replace(uuid: string, client: KeycloakClient, body: Representation): StandInAnswer {
    const { attributes, ...rest } = validate(body)
    const merged = merge(client.representation.attributes ?? {}, attributes)
    clients.set(uuid, {
      ...client,
      representation: { ...client.representation, ...rest, id: uuid, attributes: merged },
    })
    return { status: 204 }
  }

  function scopes(
    method: string,
    client: KeycloakClient,
    kind: string,
    scopeId: string | undefined,
  ): StandInAnswer {
    const { defaultScopes, optionalScopes } = client
    const [set, other] =
      kind === 'default-client-scopes' ? [defaultScopes, optionalScopes] : [optionalScopes, defaultScopes]
    if (!/^(default|optional)-client-scopes$/.test(kind)) throw new Refused(404, 'HTTP 404 Not Found')
    if (scopeId === undefined) {
      if (method !== 'GET') throw new Refused(405, 'HTTP 405 Method Not Allowed')
      return { status: 200, body: [...set].map(toScope) }
    }
    const name = REALM_SCOPES.find((scope) => idOf(scope) === scopeId)
    if (name === undefined) throw new Refused(404, 'Client scope not found')
    // A scope that is of the other kind already stays what it is.
    if (method === 'PUT' && !other.has(name)) set.add(name)
    if (method === 'DELETE') set.delete(name)
    if (method !== 'PUT' && method !== 'DELETE') throw new Refused(405, 'HTTP 405 Method Not Allowed')
    return { status: 204 }
  }

  return {
    ...server,
    find: (id: string) => byClientId(id)?.[1],
    add: (id: string) =>
      void put({ clientId: id, redirectUris: ['https://theirs.example/'], attributes: {} }),
    endTokens: () => control.valid.clear(),
    tokens: () => control.given,
    get state() {
      return control.state
    },
    set state(state: StandInKeycloak['state']) {
      control.state = state
    },
  }
}

function toScope(name: string) {
  return { id: idOf(name), name, protocol: 'openid-connect' }
}

/** Attributes that are not named stay; empty ones go. */
function merge(before: Record<string, string>, given: Record<string, string> = {}): Record<string, string> {
  const merged = { ...before, ...given }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ''))
}

function validate(body: Record<string, unknown>): Representation {
  checkMembers(body, MEMBERS)
  for (const [name, value] of Object.entries((body.attributes as object | undefined) ?? {}))
    if (typeof value !== 'string') throw new Refused(400, `attribute ${name} must be text`)
  const uris = (body.redirectUris as string[] | undefined) ?? []
  // The database behind it: columns of 255 characters.
  const stored = [body.clientId, body.name, body.baseUrl, ...uris, ...((body.webOrigins as string[]) ?? [])]
  if (stored.some((value) => String(value ?? '').length > 255)) throw new Refused(500, 'unknown_error')
  if (uris.some((uri) => uri.includes('#')))
    throw new Refused(400, 'Redirect URIs must not contain an URI fragment')
  return body as Representation
}

/**
 * Stands in for Ory Hydra's admin API of clients, as its API documentation describes it: `/admin/clients`, with the members of
 * `oAuth2Client`, its checks, and pages by `Link` header. It is not Hydra.
 */
import {
  checkMembers,
  checkQuery,
  Refused,
  type StandIn,
  type StandInAnswer,
  startStandIn,
} from './stand-in.ts'

type Client = Record<string, unknown>

const MEMBERS: Readonly<Record<string, string>> = {
  access_token_strategy: 'text',
  allowed_cors_origins: 'texts',
  audience: 'texts',
  authorization_code_grant_access_token_lifespan: 'text',
  authorization_code_grant_id_token_lifespan: 'text',
  authorization_code_grant_refresh_token_lifespan: 'text',
  backchannel_logout_session_required: 'boolean',
  backchannel_logout_uri: 'text',
  client_credentials_grant_access_token_lifespan: 'text',
  client_id: 'text',
  client_name: 'text',
  client_secret: 'text',
  client_secret_expires_at: 'number',
  client_uri: 'text',
  contacts: 'texts',
  frontchannel_logout_session_required: 'boolean',
  frontchannel_logout_uri: 'text',
  grant_types: 'texts',
  jwks: 'object',
  jwks_uri: 'text',
  logo_uri: 'text',
  metadata: 'object',
  owner: 'text',
  policy_uri: 'text',
  post_logout_redirect_uris: 'texts',
  redirect_uris: 'texts',
  refresh_token_grant_access_token_lifespan: 'text',
  refresh_token_grant_id_token_lifespan: 'text',
  refresh_token_grant_refresh_token_lifespan: 'text',
  request_object_signing_alg: 'text',
  request_uris: 'texts',
  response_types: 'texts',
  scope: 'text',
  sector_identifier_uri: 'text',
  skip_consent: 'boolean',
  skip_logout_consent: 'boolean',
  subject_type: 'text',
  token_endpoint_auth_method: 'text',
  token_endpoint_auth_signing_alg: 'text',
  tos_uri: 'text',
  userinfo_signed_response_alg: 'text',
}

export interface StandInHydra extends StandIn {
  readonly clients: ReadonlyMap<string, Client>
  add(client: Client): void
  state: 'unauthorized' | 'failing' | 'serving'
  /** A client that it fails on, 500, each time. */
  choke: ((client: Client) => boolean) | undefined
}

export async function startStandInHydra(token: string): Promise<StandInHydra> {
  const clients = new Map<string, Client>()
  const control = { state: 'serving' as StandInHydra['state'], choke: undefined as StandInHydra['choke'] }
  const server = await startStandIn(
    ({ method, path: [admin, collection, id, ...rest], query, headers, json }) => {
      if (control.state === 'failing') throw new Refused(500, 'The server failed')
      const isKnown = headers.authorization === `Bearer ${token}` && control.state === 'serving'
      if (!isKnown) throw new Refused(401, 'The request could not be authorized')
      if (admin !== 'admin' || collection !== 'clients' || rest.length > 0)
        throw new Refused(404, 'no such address')
      if (id === undefined) {
        if (method === 'GET') return list(query)
        if (method === 'POST') return create(json())
        throw new Refused(405, 'Method Not Allowed')
      }
      checkQuery(query, [])
      const stored = clients.get(id)
      if (stored === undefined) throw new Refused(404, 'Unable to locate the resource')
      if (method === 'GET') return { status: 200, body: shown(stored) }
      if (method === 'PUT') return replace(id, stored, json())
      if (method !== 'DELETE') throw new Refused(405, 'Method Not Allowed')
      clients.delete(id)
      return { status: 204 }
    },
  )

  function list(query: URLSearchParams): StandInAnswer {
    checkQuery(query, ['page_size', 'page_token', 'client_name', 'owner'])
    const size = Number(query.get('page_size') ?? 250)
    if (!(size >= 1 && size <= 500)) throw new Refused(400, 'page_size must be from 1 to 500')
    const owner = query.get('owner')
    const all = [...clients.values()].filter((client) => owner === null || client.owner === owner)
    const from = Number(query.get('page_token') ?? 0)
    const body = all.slice(from, from + size).map(shown)
    const next = `</admin/clients?page_size=${size}&page_token=${from + size}>; rel="next"`
    const first = `</admin/clients?page_size=${size}&page_token=0>; rel="first"`
    return { status: 200, body, headers: { link: from + size < all.length ? `${first},${next}` : first } }
  }

  function create(body: Client): StandInAnswer {
    const client = validate(body)
    if (control.choke?.(client)) throw new Refused(500, 'The server failed')
    const id = String(client.client_id ?? crypto.randomUUID())
    if (clients.has(id)) throw new Refused(409, 'Unable to insert or update resource because of a conflict')
    const secret = client.client_secret ?? crypto.randomUUID()
    clients.set(id, { ...client, client_id: id, client_secret: secret })
    return { status: 201, body: { ...shown(clients.get(id)!), client_secret: secret } }
  }

  function replace(id: string, stored: Client, body: Client): StandInAnswer {
    const client = validate(body)
    if (control.choke?.(client)) throw new Refused(500, 'The server failed')
    if (client.client_id !== undefined && client.client_id !== id)
      throw new Refused(400, 'client_id does not match')
    clients.set(id, { ...client, client_id: id, client_secret: client.client_secret ?? stored.client_secret })
    return { status: 200, body: shown(clients.get(id)!) }
  }

  return {
    ...server,
    clients,
    add: (client: Client) => void clients.set(String(client.client_id), client),
    get state() {
      return control.state
    },
    set state(state: StandInHydra['state']) {
      control.state = state
    },
    get choke() {
      return control.choke
    },
    set choke(choke: StandInHydra['choke']) {
      control.choke = choke
    },
  }
}

function shown({ client_secret: _, ...client }: Client): Client {
  return client
}

function validate(body: Client): Client {
  checkMembers(body, MEMBERS)
  const { token_endpoint_auth_method: method = 'client_secret_basic', client_secret: secret } = body
  if (!['client_secret_post', 'client_secret_basic', 'private_key_jwt', 'none'].includes(String(method)))
    throw new Refused(400, `token_endpoint_auth_method ${method} is not supported`)
  if (method === 'private_key_jwt' && body.jwks === undefined && body.jwks_uri === undefined)
    throw new Refused(400, 'either jwks or jwks_uri must be set')
  if (body.jwks !== undefined && body.jwks_uri !== undefined) throw new Refused(400, 'jwks and jwks_uri')
  if (typeof secret === 'string' && secret.length < 6) throw new Refused(400, 'client_secret is too short')
  if (!['none', 'RS256'].includes(String(body.userinfo_signed_response_alg ?? 'none')))
    throw new Refused(400, 'userinfo_signed_response_alg')
  const redirects = ((body.redirect_uris as string[] | undefined) ?? []).map((uri) => new URL(uri).origin)
  for (const uri of (body.post_logout_redirect_uris as string[] | undefined) ?? [])
    if (!redirects.includes(new URL(uri).origin))
      throw new Refused(400, 'post_logout_redirect_uri must match')
  return {
    ...body,
    token_endpoint_auth_method: method,
    scope: body.scope || 'offline_access offline openid',
    client_secret_expires_at: 0,
  }
}

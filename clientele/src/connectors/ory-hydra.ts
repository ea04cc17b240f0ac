import type { JsonObject, JsonValue } from '../oauth/json.ts'
import { scopeValues } from '../oauth/scope.ts'
import type { OutboundFetch } from '../runtime/outbound-fetch.ts'
import { createAdminApi, membersOf, rowsOf } from './admin-api.ts'
import {
  type Bindings,
  checkKnown,
  checkLengths,
  checkMirrorable,
  checkNoWildcards,
} from './check-mirrorable.ts'
import {
  type ConnectedClient,
  type ConnectedCredentials,
  type Connector,
  ConnectorRefusal,
} from './connector.ts'

export interface OryHydraOptions {
  readonly name: string
  /** The registry whose clients these are, by its public address: others may mirror into the same server. */
  readonly registry: string
  /** The address of the admin API, without `/admin`. */
  readonly url: string
  /** A bearer token, where something before the admin API asks for one: Hydra itself does not. */
  readonly token?: string
}

/** Members that mean the same in both. */
const SAME = [
  'allowed_cors_origins',
  'backchannel_logout_session_required',
  'backchannel_logout_uri',
  'client_name',
  'client_uri',
  'contacts',
  'grant_types',
  'jwks',
  'jwks_uri',
  'logo_uri',
  'policy_uri',
  'post_logout_redirect_uris',
  'redirect_uris',
  'request_object_signing_alg',
  'response_types',
  'sector_identifier_uri',
  'subject_type',
  'token_endpoint_auth_method',
  'token_endpoint_auth_signing_alg',
  'tos_uri',
  'userinfo_signed_response_alg',
] as const

const AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none']
const GRANT_TYPES = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'implicit',
  'urn:ietf:params:oauth:grant-type:device_code',
]
/** What Hydra has no word for, or no other value of. */
const BINDINGS: Bindings = {
  dpop_bound_access_tokens: [false],
  require_pushed_authorization_requests: [false],
  require_signed_request_object: [false],
  id_token_encrypted_response_alg: [],
  userinfo_encrypted_response_alg: [],
  introspection_encrypted_response_alg: [],
  introspection_signed_response_alg: [],
  userinfo_signed_response_alg: ['none', 'RS256'],
}

/** Hydra gives a client without a scope its own default ones; this one is nobody's. */
const NO_SCOPE = 'clientele:none'
const PAGE = 250
/** The column of Hydra's database; its other ones are text without a bound. */
const MOST_ID_CHARACTERS = 255

/** Mirrors clients into Ory Hydra 2 through its admin API (`/admin/clients`). */
export function oryHydraConnector(
  { name, registry, url, token }: OryHydraOptions,
  send: OutboundFetch,
): Connector {
  const authorization = async () => (token === undefined ? undefined : `Bearer ${token}`)
  const api = createAdminApi(url, { send, authorization })
  const owner = `clientele/${name}/${registry}`
  const pathOf = (id: string) => `/admin/clients/${encodeURIComponent(id)}`

  /** Whoever may choose a client's id must not take over a client that Hydra has from somebody else. */
  async function find(id: string): Promise<'ours' | 'theirs' | 'none'> {
    const { status, body } = await api({ method: 'GET', path: pathOf(id), expected: [404] })
    if (status === 404) return 'none'
    return membersOf(body).owner === owner ? 'ours' : 'theirs'
  }

  return {
    name,
    async upsert(client, credentials) {
      const body = toHydra(client, credentials, owner)
      const found = await find(client.id)
      if (found === 'theirs')
        throw new ConnectorRefusal('the other server has a client of this id from elsewhere')
      if (found === 'ours') await api({ method: 'PUT', path: pathOf(client.id), body })
      else await api({ method: 'POST', path: '/admin/clients', body })
    },
    async remove(id) {
      if ((await find(id)) === 'ours') await api({ method: 'DELETE', path: pathOf(id), expected: [404] })
    },
    async *list() {
      let page: string | undefined
      do {
        const query = new URLSearchParams({
          owner,
          page_size: `${PAGE}`,
          ...(page ? { page_token: page } : {}),
        })
        const { body, headers } = await api({ method: 'GET', path: `/admin/clients?${query}` })
        for (const row of rowsOf(body))
          if (row.owner === owner && typeof row.client_id === 'string') yield row.client_id
        page = nextPage(headers.get('link'))
      } while (page !== undefined)
    },
  }
}

function toHydra(client: ConnectedClient, { clientSecret }: ConnectedCredentials, owner: string): JsonObject {
  const { metadata } = client
  checkMirrorable(client, BINDINGS)
  checkKnown('token_endpoint_auth_method', [metadata.token_endpoint_auth_method], AUTH_METHODS)
  checkKnown('grant_types', metadata.grant_types, GRANT_TYPES)
  const scopes = scopeValues(metadata.scope)
  checkNoWildcards('scope', scopes)
  checkLengths({ client_id: client.id }, MOST_ID_CHARACTERS)
  const members: Record<string, JsonValue> = {}
  for (const member of SAME) if (metadata[member] !== undefined) members[member] = metadata[member]
  return {
    ...members,
    ...lifespans(client),
    client_id: client.id,
    ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
    scope: scopes.length === 0 ? NO_SCOPE : scopes.join(' '),
    owner,
    metadata: { clientele_revision: client.revision },
    skip_consent: false,
  }
}

function lifespans({ metadata }: ConnectedClient): JsonObject {
  const { access_token_lifetime: access, identity_token_lifetime: identity } = metadata
  const kinds = { access_token: access, id_token: identity }
  const members: Record<string, JsonValue> = {}
  for (const [kind, seconds] of Object.entries(kinds)) {
    if (seconds === undefined) continue
    for (const grant of ['authorization_code', 'refresh_token'])
      members[`${grant}_grant_${kind}_lifespan`] = `${seconds}s`
  }
  if (access !== undefined) members.client_credentials_grant_access_token_lifespan = `${access}s`
  return members
}

/** RFC 8288: the page token of the link to the next page. */
function nextPage(link: string | null): string | undefined {
  const next = /<([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? '')?.[1]
  return next === undefined
    ? undefined
    : (URL.parse(next, 'http://x')?.searchParams.get('page_token') ?? undefined)
}

/** The look-up for other authorization servers: `GET /registry/v1/clients/{id}`, made for caching. */
import { Hono } from 'hono'
import { renderRegistryEntry } from '../../clients/registry-entry.ts'
import { type Credentials, parseAuthorization } from '../../oauth/authorization-header.ts'
import { OAuthError } from '../../oauth/errors.ts'
import type { AttemptLimit } from '../../runtime/attempt-limit.ts'
import type { ClientStore } from '../../stores/store.ts'
import { renderError } from '../error-response.ts'
import { factsOf, noteClient } from '../note-client.ts'

export interface RegistryRoutesDeps {
  readonly store: Pick<ClientStore, 'findClient'>
  /** Throws `OAuthError` unless the credentials may read the registry. */
  readonly admit: (credentials: Credentials) => Promise<void>
  readonly attempts: AttemptLimit
  /** How long an answer may be used without asking again. */
  readonly maxAgeSeconds: number
}

/** Changes when the same client is rendered in another way, so that no answer of before counts as unchanged. */
const FORMAT = 2

export function registryRoutes({ store, admit, attempts, maxAgeSeconds }: RegistryRoutesDeps): Hono {
  const routes = new Hono()
  // Never a shared cache: the answer is for the holder of one key. A client that is gone must be gone when the time is over.
  const caching = {
    'cache-control': `private, max-age=${maxAgeSeconds}, must-revalidate`,
    vary: 'authorization',
  }

  routes.get('/registry/v1/clients/:client_id', async (c) => {
    const credentials = parseAuthorization(c.req.raw.headers.get('authorization'))
    await attempts.attempt('registry', factsOf(c)?.address ?? '', () => admit(credentials))
    const id = c.req.param('client_id')
    const client = await store.findClient(id)
    if (!client) return renderError(unknownClient(), undefined, caching)
    noteClient(c, client.id)
    const etag = `"${FORMAT}.${client.revision}"`
    const headers = { ...caching, etag }
    if (isNamed(etag, c.req.raw.headers.get('if-none-match')))
      return new Response(null, { status: 304, headers })
    return new Response(JSON.stringify(renderRegistryEntry(client)), {
      headers: { ...headers, 'content-type': 'application/json' },
    })
  })

  return routes
}

/** `reason` tells a reader that it is the registry that says so, and not a proxy that knows no such address. */
function unknownClient(): OAuthError {
  return new OAuthError('not_found', 'client.unknown', 'There is no client with this id.')
}

/** RFC 9110 §13.1.2, by weak comparison: a proxy that compresses makes the tag a weak one. */
function isNamed(etag: string, header: string | null): boolean {
  if (header === null) return false
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes('*') || tags.includes(etag)
}

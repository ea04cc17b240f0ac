import type { JsonObject } from '../oauth/json.ts'
import { scopeValues } from '../oauth/scope.ts'
import type { Clock } from '../runtime/clock.ts'
import type { OutboundFetch } from '../runtime/outbound-fetch.ts'
import { createAdminApi, membersOf, rowsOf } from './admin-api.ts'
import { type Connector, ConnectorRefusal } from './connector.ts'
import { CONNECTOR_ATTRIBUTE, type Maker, REGISTRY_ATTRIBUTE, toKeycloak } from './keycloak-client.ts'
import { reconcileScopes } from './keycloak-scopes.ts'
import { createKeycloakToken, type KeycloakAccess } from './keycloak-token.ts'

export interface KeycloakOptions extends KeycloakAccess, Maker {
  /**
   * The default client scopes of the realm that every client keeps, because Keycloak needs them for itself; all other ones a
   * client has only when they are registered.
   */
  readonly baseScopes: readonly string[]
}

interface Found {
  /** There is one, of somebody else's. */
  readonly isTheirs: boolean
  /** Of ours. */
  readonly uuid?: string
}

const PAGE = 100

/** Mirrors clients into a realm of Keycloak through its admin REST API (`/admin/realms/{realm}/clients`). */
export function keycloakConnector(
  options: KeycloakOptions,
  { send, clock }: { readonly send: OutboundFetch; readonly clock: Clock },
): Connector {
  const { name, realm, baseScopes } = options
  const api = createAdminApi(options.url, {
    send,
    authorization: createKeycloakToken(options, { send, clock }),
  })
  const base = `/admin/realms/${encodeURIComponent(realm)}`

  /**
   * Keycloak finds a client by an id of its own. Whoever may choose a client's id must not take over `admin-cli`, or any other
   * client that this connector did not make.
   */
  async function find(id: string): Promise<Found> {
    const { body } = await api({
      method: 'GET',
      path: `${base}/clients?${new URLSearchParams({ clientId: id })}`,
    })
    const row = rowsOf(body).find(({ clientId }) => clientId === id)
    if (row === undefined) return { isTheirs: false }
    return isOurs(row, options) ? { isTheirs: false, uuid: String(row.id) } : { isTheirs: true }
  }

  async function createOrReplace(id: string, body: JsonObject): Promise<string> {
    for (let tries = 1; ; tries++) {
      const { uuid, isTheirs } = await find(id)
      if (isTheirs) throw new ConnectorRefusal('the other server has a client of this id from elsewhere')
      if (uuid !== undefined) {
        const { status } = await api({
          method: 'PUT',
          path: `${base}/clients/${uuid}`,
          body,
          expected: [404],
        })
        if (status !== 404) return uuid
      } else {
        const { status, headers } = await api({
          method: 'POST',
          path: `${base}/clients`,
          body,
          expected: [409],
        })
        const made = headers.get('location')?.split('/').at(-1)
        if (status !== 409 && made) return made
      }
      // Somebody removed or made it between the two requests, or it did not say where.
      if (tries === 3) throw new Error(`the client ${id} comes and goes at the other server`)
    }
  }

  return {
    name,
    async upsert(client, credentials) {
      const uuid = await createOrReplace(client.id, toKeycloak(client, credentials, options))
      const granted = scopeValues(client.metadata.scope)
      await reconcileScopes({ api, base, uuid, granted, baseScopes })
    },
    async remove(id) {
      const { uuid } = await find(id)
      if (uuid !== undefined)
        await api({ method: 'DELETE', path: `${base}/clients/${uuid}`, expected: [404] })
    },
    async *list() {
      const ids: string[] = []
      let page: readonly JsonObject[]
      let first = 0
      do {
        const query = new URLSearchParams({
          q: `${CONNECTOR_ATTRIBUTE}:${name}`,
          first: `${first}`,
          max: `${PAGE}`,
        })
        page = rowsOf((await api({ method: 'GET', path: `${base}/clients?${query}` })).body)
        ids.push(...page.filter((row) => isOurs(row, options)).map(({ clientId }) => String(clientId)))
        first += page.length
      } while (page.length === PAGE)
      // All of them first: who removes some while reading pages by number passes others over.
      yield* ids
    },
  }
}

function isOurs({ attributes }: JsonObject, { name, registry }: Maker): boolean {
  const marks = membersOf(attributes)
  return marks[CONNECTOR_ATTRIBUTE] === name && marks[REGISTRY_ATTRIBUTE] === registry
}

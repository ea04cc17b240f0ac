import type { AdminApi } from './admin-api.ts'
import { rowsOf } from './admin-api.ts'

export interface ScopesToReconcile {
  readonly api: AdminApi
  /** Of the realm. */
  readonly base: string
  /** Keycloak's own id of the client. */
  readonly uuid: string
  readonly granted: readonly string[]
  readonly baseScopes: readonly string[]
}

/**
 * Brings a client's scopes to what is registered. Keycloak ignores them in the representation of a client that it has already,
 * and gives a new one the defaults of the realm; a default scope is in every token, asked for or not. So all that is not of
 * `baseScopes` becomes optional when it is granted, and goes when it is not. A scope that the realm does not have cannot be had.
 */
export async function reconcileScopes(wanted: ScopesToReconcile): Promise<void> {
  const { api, base, uuid, granted, baseScopes } = wanted
  const client = `${base}/clients/${uuid}`
  const known = await readScopes(api, `${base}/client-scopes`)
  const optional = new Set(granted.filter((scope) => known.has(scope) && !baseScopes.includes(scope)))

  for (const [name, id] of await readScopes(api, `${client}/default-client-scopes`))
    if (!baseScopes.includes(name)) await remove('default', id)
  const before = await readScopes(api, `${client}/optional-client-scopes`)
  for (const [name, id] of before) if (!optional.has(name)) await remove('optional', id)
  for (const name of optional) {
    if (before.has(name)) continue
    await api({ method: 'PUT', path: `${client}/optional-client-scopes/${known.get(name)}` })
  }

  async function remove(kind: 'default' | 'optional', id: string): Promise<void> {
    await api({ method: 'DELETE', path: `${client}/${kind}-client-scopes/${id}`, expected: [404] })
  }
}

/** Ids by names. */
async function readScopes(api: AdminApi, path: string): Promise<ReadonlyMap<string, string>> {
  const { body } = await api({ method: 'GET', path })
  return new Map(rowsOf(body).map(({ name, id }) => [String(name), String(id)]))
}

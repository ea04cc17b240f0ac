import { listAll } from '../list-all.ts'
import type { OperatorOptions } from '../operator-api.ts'

export interface ListClientsOptions extends OperatorOptions {
  /** `member=value`, of a searchable member. */
  readonly term?: string
}

/** `clientele clients list` */
export function listClientsCommand({ term, ...options }: ListClientsOptions): Promise<void> {
  const search = term === undefined ? {} : { query: { term } }
  return listAll({ ...CLIENTS, ...search, none: none(term) }, options)
}

const CLIENTS = {
  path: '/admin/v1/clients',
  name: 'clients',
  columns: ['client_id', 'created_at', 'policy', 'registered_by', 'owner', 'auth_method', 'client_name'],
}

function none(term: string | undefined): string {
  return term === undefined ? 'There are no clients.' : `There is no client with ${term}.`
}

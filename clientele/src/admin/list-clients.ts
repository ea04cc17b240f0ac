/** Lists clients, some of those that have a value of a searchable member, without anything secret. */
import { actorOf, type ClientRecord } from '../clients/client.ts'
import type { ClientStore } from '../stores/store.ts'
import { adminError } from './admin-error.ts'
import type { Page, PageRequest } from './credential-state.ts'

export interface ListedClient {
  readonly clientId: string
  readonly clientName?: string
  readonly authMethod: string
  readonly policy?: string
  readonly policyRevision?: string
  /** Who registered it: the gate, and the id of their credential's record. */
  readonly registeredBy: string
  readonly owner?: string
  /** The searchable members that it has, each `member=value`. */
  readonly terms?: readonly string[]
  readonly createdAt: number
  readonly updatedAt: number
}

export interface ClientPageRequest extends PageRequest {
  /** `member=value`, of a searchable member. */
  readonly term?: string
}

export interface ListClientsDeps {
  readonly store: Pick<ClientStore, 'listClients'>
}

export async function listClients(
  { limit, from, term }: ClientPageRequest,
  { store }: ListClientsDeps,
): Promise<Page<ListedClient>> {
  if (term !== undefined && !/^[^=]+=/.test(term)) throw adminError([NO_TERM])
  const records = await store.listClients({
    limit,
    ...(from === undefined ? {} : { after: from }),
    ...(term === undefined ? {} : { term }),
  })
  const last = records.length < limit ? undefined : records.at(-1)
  return { items: records.map(showInList), ...(last ? { next: last.id } : {}) }
}

const NO_TERM = {
  member: 'term',
  reason: 'term.form',
  message: 'must be a searchable member and its value, as in department=finance',
  rule: 'admin API',
}

function showInList(record: ClientRecord): ListedClient {
  const { granted, policy, policyRevision, caller, terms } = record
  return {
    clientId: record.id,
    ...(granted.client_name === undefined ? {} : { clientName: granted.client_name }),
    authMethod: granted.token_endpoint_auth_method,
    ...(policy === undefined ? {} : { policy }),
    ...(policyRevision === undefined ? {} : { policyRevision }),
    registeredBy: actorOf(caller),
    ...(caller.owner === undefined ? {} : { owner: caller.owner }),
    ...(terms === undefined ? {} : { terms }),
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
  }
}

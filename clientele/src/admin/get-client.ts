/** Shows one client as an operator may see it: everything that explains it, nothing that opens anything. */
import type { Caller, ClientRecord, Vouched } from '../clients/client.ts'
import { OAuthError } from '../oauth/errors.ts'
import { type Explanation, explainClient } from '../policies/explain.ts'
import type { ClientStore } from '../stores/store.ts'

/**
 * An allow-list: a member that the record gets one day is not shown until somebody says so here. Left out are the hashes,
 * the sealed secrets, and the text of the software statement: whoever has that can register with it.
 */
export interface ShownClient
  extends Pick<
    ClientRecord,
    | 'door'
    | 'requested'
    | 'granted'
    | 'dropped'
    | 'decisions'
    | 'fixed'
    | 'entrustedScopes'
    | 'entrustedMembers'
    | 'proviso'
    | 'policy'
    | 'policyRevision'
    | 'terms'
    | 'registrationAccessTokenExpiresAt'
    | 'createdAt'
    | 'updatedAt'
    | 'revision'
  > {
  readonly clientId: string
  readonly caller: ShownCaller
  readonly vouched?: Pick<Vouched, 'issuer' | 'metadata' | 'bounds'>
  /** When its secrets were made, and when they end (0 for never), the newest first. */
  readonly secrets: readonly { readonly createdAt: number; readonly expiresAt: number }[]
  readonly explanation: Explanation
}

/** Who registered it. Of a certificate, its subject. */
export interface ShownCaller extends Pick<Caller, 'gate' | 'id' | 'owner' | 'claims'> {
  readonly certificateSubject?: string
}

export interface GetClientDeps {
  readonly store: Pick<ClientStore, 'findClient'>
}

export async function getClient(id: string, { store }: GetClientDeps): Promise<ShownClient> {
  const record = await store.findClient(id)
  if (record) return showClient(record)
  throw unknownClient()
}

export function unknownClient(): OAuthError {
  return new OAuthError('not_found', 'client.unknown', 'There is no client with this id.')
}

function showClient(record: ClientRecord): ShownClient {
  const { caller, vouched } = record
  return {
    clientId: record.id,
    door: record.door,
    caller: showCaller(caller),
    ...given(record, 'policy', 'policyRevision', 'proviso', 'fixed', 'entrustedScopes', 'entrustedMembers'),
    ...given(record, 'terms'),
    requested: record.requested,
    granted: record.granted,
    dropped: record.dropped,
    ...given(record, 'decisions'),
    ...(vouched === undefined
      ? {}
      : { vouched: { issuer: vouched.issuer, metadata: vouched.metadata, ...given(vouched, 'bounds') } }),
    secrets: record.secrets.map(({ createdAt, expiresAt }) => ({ createdAt, expiresAt })),
    ...given(record, 'registrationAccessTokenExpiresAt'),
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
    revision: record.revision,
    explanation: explainClient(record),
  }
}

function showCaller(caller: Caller): ShownCaller {
  return {
    gate: caller.gate,
    ...given(caller, 'id', 'owner', 'claims'),
    ...(caller.certificate === undefined ? {} : { certificateSubject: caller.certificate.subject }),
  }
}

/** Those of the members that are there. */
function given<T extends object, K extends keyof T>(record: T, ...names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(
    names.filter((name) => record[name] !== undefined).map((name) => [name, record[name]]),
  ) as Pick<T, K>
}

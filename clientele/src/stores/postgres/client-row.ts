import type { ClientRecord } from '../../clients/client.ts'
import { toName, toPairName } from './stored-name.ts'
import type { Row } from './table.ts'

/** A client as it lies in the database. What others read through the view has columns; the rest is JSON. */
export interface ClientRow {
  readonly key: string
  /** JSON, or null for a deleted client. */
  readonly granted: string | null
  /** JSON of everything else, or null for a deleted client. */
  readonly record: string | null
}

export function toClientRow(client: ClientRecord): Row {
  const { granted, ...rest } = client
  const hashes = client.secrets.map(({ hash, expiresAt }) => ({ hash, expires_at: expiresAt }))
  return {
    key: toName(client.id),
    revision: client.revision,
    status: 'active',
    granted: JSON.stringify(granted),
    secret_hashes: JSON.stringify(hashes),
    record: JSON.stringify(rest),
  }
}

/** What is left of a deleted client: that its id was given out. */
export function toBuriedRow(row: Row): Row {
  return { ...row, status: 'deleted', granted: null, secret_hashes: null, record: null }
}

/** The client of a row that is not buried. */
export function parseClient({ granted, record }: ClientRow): ClientRecord {
  const rest = JSON.parse(record ?? '') as Omit<ClientRecord, 'granted'>
  return { ...rest, granted: JSON.parse(granted ?? '') as ClientRecord['granted'] }
}

/** What a client is found by, a row each, led by the client's own key so that it lies where the client lies. */
export function toTermRows(clientKey: string, terms: readonly string[] = []): Row[] {
  return [...new Set(terms)].map((text) => {
    const term = toName(text)
    return { key: toPairName(clientKey, term), client_key: clientKey, term }
  })
}

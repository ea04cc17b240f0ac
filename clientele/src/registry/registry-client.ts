import type { CompleteMetadata } from '../oauth/client-metadata.ts'

/**
 * A client as other authorization servers read it: the answer of `GET /registry/v1/clients/{id}`, and a row of the SQL view
 * `client_registry`. The names are those of the wire and of the view's columns. No secret is in it, and no sealed copy.
 */
export interface RegistryClient {
  readonly client_id: string
  /** Only `active` clients may be served; a server that meets a word which it does not know serves nothing. */
  readonly status: string
  /** Grows by one with every change. With the id it names one state of the client for good: ids are never given out again. */
  readonly revision: number
  /** What is granted, after defaults and policy (RFC 7591 §3.2.1): what is to be enforced, and the only thing. */
  readonly metadata: CompleteMetadata
  /**
   * False for a client to which `client_secret_basic` was given because it named no method: it may send its secret in the header
   * or in the body, as RFC 6749 §2.3.1 allows. Anything else, also nothing, binds it to the method of its metadata.
   */
  readonly token_endpoint_auth_method_named?: boolean
  /** The client's secrets, newest first; empty for a client that has none. */
  readonly secret_hashes: readonly SecretHash[]
}

/** A client secret as it may be compared with. */
export interface SecretHash {
  /** SHA-256 of the secret in base64url without padding. The secret is 256 random bits, so that one pass is enough. */
  readonly hash: string
  /** Epoch seconds; 0 for never, as RFC 7591 §3.2.1 writes it. */
  readonly expires_at: number
}

const SECRET_METHODS = new Set(['client_secret_basic', 'client_secret_post', 'client_secret_jwt'])

/** Whether a client of that metadata authenticates with a secret. */
export function hasSecret(client: Pick<RegistryClient, 'metadata'>): boolean {
  return SECRET_METHODS.has(client.metadata.token_endpoint_auth_method)
}

/**
 * Reads a client from the JSON of the look-up or from a row of the view, where `metadata` and `secret_hashes` are JSON text
 * and the revision may be text, as drivers hand out 64-bit numbers. Throws `TypeError` for anything else: what was not
 * understood must not be enforced as if it were.
 */
export function parseRegistryClient(value: unknown): RegistryClient {
  const entry = objectOf(value, 'client')
  const { client_id, status, revision, metadata, secret_hashes } = entry
  const { token_endpoint_auth_method_named: named } = entry
  const granted = objectOf(jsonOf(metadata, 'metadata'), 'metadata')
  const hashes = jsonOf(secret_hashes, 'secret_hashes')
  const number = typeof revision === 'string' && /^\d+$/.test(revision) ? Number(revision) : revision
  if (typeof client_id !== 'string' || client_id === '') throw wrong('client_id')
  if (typeof status !== 'string') throw wrong('status')
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 1) throw wrong('revision')
  if (named !== undefined && typeof named !== 'boolean') throw wrong('token_endpoint_auth_method_named')
  if (!Array.isArray(hashes)) throw wrong('secret_hashes')
  for (const member of LISTS) if (!isListOfText(granted[member])) throw wrong(`metadata.${member}`)
  if (typeof granted.token_endpoint_auth_method !== 'string') throw wrong('metadata')
  return {
    client_id,
    status,
    revision: number,
    metadata: granted as unknown as CompleteMetadata,
    ...(named === undefined ? {} : { token_endpoint_auth_method_named: named }),
    secret_hashes: hashes.map(parseHash),
  }
}

/** What the checks of `enforcement.ts` rely on. */
const LISTS = ['redirect_uris', 'grant_types', 'response_types'] as const

function parseHash(value: unknown): SecretHash {
  const { hash, expires_at } = objectOf(value, 'secret_hashes')
  if (typeof hash !== 'string' || typeof expires_at !== 'number') throw wrong('secret_hashes')
  return { hash, expires_at }
}

function jsonOf(value: unknown, name: string): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    throw wrong(name)
  }
}

function objectOf(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(name)
  return value as Readonly<Record<string, unknown>>
}

function isListOfText(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function wrong(member: string): TypeError {
  return new TypeError(`this is no client of a registry: ${member} is missing or of another type`)
}

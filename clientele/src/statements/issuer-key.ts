import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { isObject, type JsonObject } from '../oauth/json.ts'

/** Algorithms that a small ecosystem's own issuer signs with; each has one kind of key. */
export const STATEMENT_ALGORITHMS = ['ES256', 'Ed25519', 'PS256', 'RS256'] as const
export type StatementAlgorithm = (typeof STATEMENT_ALGORITHMS)[number]

/** A key that signs software statements, as a file holds it: a private JWK with `kid` and `alg`. */
export interface IssuerKey {
  readonly privateJwk: JsonObject
  /** What relying servers are given. */
  readonly publicJwk: JsonObject
}

/** A new key. Its `kid` is the key's own thumbprint (RFC 7638), so that no two keys share one. */
export async function generateIssuerKey(algorithm: StatementAlgorithm): Promise<IssuerKey> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true, modulusLength: 3072 })
  const jwk = await exportJWK(privateKey)
  const kid = await calculateJwkThumbprint(jwk)
  return issuerKeyOf({ ...jwk, kid, alg: algorithm, use: 'sig' } as JsonObject)
}

/** Reads a key that `generateIssuerKey` made. Throws with a sentence that never holds any of the key. */
export function readIssuerKey(source: string): IssuerKey {
  let jwk: unknown
  try {
    jwk = JSON.parse(source)
  } catch {
    throw new Error('it is not JSON')
  }
  const isKey = isObject(jwk) && typeof jwk.d === 'string' && typeof jwk.kid === 'string'
  if (!isKey) throw new Error('it is not a private JWK with a kid')
  const { alg } = jwk as JsonObject
  if (!STATEMENT_ALGORITHMS.some((known) => known === alg)) {
    throw new Error(`its alg is not one of ${STATEMENT_ALGORITHMS.join(', ')}`)
  }
  return issuerKeyOf(jwk as JsonObject)
}

const PUBLIC_MEMBERS = ['kty', 'kid', 'alg', 'use', 'crv', 'x', 'y', 'n', 'e']

function issuerKeyOf(privateJwk: JsonObject): IssuerKey {
  const publicJwk = Object.fromEntries(
    PUBLIC_MEMBERS.flatMap((member) =>
      privateJwk[member] === undefined ? [] : [[member, privateJwk[member]]],
    ),
  )
  return { privateJwk, publicJwk }
}

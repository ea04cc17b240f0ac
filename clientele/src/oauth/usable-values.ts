import type { Capabilities } from './capabilities.ts'
import type { ClientMetadata, CompleteMetadata } from './client-metadata.ts'
import { isObject, type JsonObject } from './json.ts'
import { METADATA_FIELDS } from './metadata-fields.ts'
import { pairwiseHasOneSector } from './pairwise.ts'
import { byStrength, strengthOf } from './strength.ts'

/**
 * Of `values` for a single-valued member, those that this server supports and that this client can use with the keys that
 * it registers, the strongest first. What somebody else chooses for a client must work for it.
 */
export function usableValues(
  member: string,
  values: readonly string[],
  metadata: ClientMetadata,
  capabilities: Capabilities,
): readonly string[] {
  const strength = strengthOf(member)
  const list = METADATA_FIELDS.get(member)?.oneOf
  const supported = list ? [...new Set(values)].filter((value) => capabilities[list].includes(value)) : []
  const usable = supported.filter((value) => isUsable(member, value, metadata))
  return strength ? byStrength(strength, usable) : usable
}

function isUsable(member: string, value: string, metadata: ClientMetadata): boolean {
  switch (member) {
    case 'token_endpoint_auth_method':
      return isMethodUsable(value, metadata)
    case 'token_endpoint_auth_signing_alg':
      return isAssertionAlgUsable(value, metadata.token_endpoint_auth_method, metadata)
    case 'subject_type':
      return isSubjectTypeUsable(value, metadata)
    case 'request_object_signing_alg':
      return hasKeyFor(value, metadata, 'sig')
    default:
      return strengthOf(member) !== 'encryption' || hasKeyFor(value, metadata, 'enc')
  }
}

function isMethodUsable(method: string, metadata: ClientMetadata): boolean {
  if (method === 'none') return !metadata.grant_types?.includes('client_credentials')
  if (!method.endsWith('_jwt')) return true
  const offered = metadata.token_endpoint_auth_signing_alg_values_supported as readonly string[] | undefined
  const alg = metadata.token_endpoint_auth_signing_alg
  const algs = offered ?? (alg === undefined ? undefined : [alg])
  if (algs) return algs.some((each) => isAssertionAlgUsable(each, method, metadata))
  return method === 'client_secret_jwt' || keysOf(metadata, 'sig') !== 'none'
}

/** Symmetric algorithms belong to client_secret_jwt and the others to private_key_jwt (OpenID Connect Core 1.0 §9). */
function isAssertionAlgUsable(alg: string, method: string | undefined, metadata: ClientMetadata): boolean {
  if (method === 'client_secret_jwt') return alg.startsWith('HS')
  return method === 'private_key_jwt' && !alg.startsWith('HS') && hasKeyFor(alg, metadata, 'sig')
}

function isSubjectTypeUsable(type: string, metadata: ClientMetadata): boolean {
  const redirect_uris = metadata.redirect_uris ?? []
  const grant_types = metadata.grant_types ?? ['authorization_code']
  const response_types = grant_types.includes('authorization_code') ? ['code'] : []
  const asked = { ...metadata, redirect_uris, grant_types, response_types, subject_type: type }
  return pairwiseHasOneSector(asked as unknown as CompleteMetadata).length === 0
}

/** Keys by reference may be of any kind: nobody has looked at them yet. */
function hasKeyFor(alg: string, metadata: ClientMetadata, use: 'sig' | 'enc'): boolean {
  const keys = keysOf(metadata, use)
  if (typeof keys === 'string') return keys === 'unknown'
  return keys.some((key) => (key.alg === undefined || key.alg === alg) && fits(alg, key))
}

function keysOf(
  { jwks, jwks_uri }: ClientMetadata,
  use: 'sig' | 'enc',
): readonly JsonObject[] | 'unknown' | 'none' {
  if (jwks_uri !== undefined) return 'unknown'
  const keys = Array.isArray(jwks?.keys) ? jwks.keys.filter(isObject) : []
  const meant = keys.filter((key) => key.use === undefined || key.use === use)
  return meant.length > 0 ? meant : 'none'
}

/** Which key an algorithm takes (RFC 7518 §3.1, §4.1, RFC 8037 §3). */
function fits(alg: string, { kty, crv }: JsonObject): boolean {
  if (/^(RS|PS)\d+$|^RSA-/.test(alg)) return kty === 'RSA'
  if (alg.startsWith('ECDH-')) return kty === 'EC' || (kty === 'OKP' && String(crv).startsWith('X'))
  if (alg === 'EdDSA' || alg === 'Ed25519') return kty === 'OKP' && crv === 'Ed25519'
  const curve = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }[alg]
  return kty === 'EC' && crv === curve
}

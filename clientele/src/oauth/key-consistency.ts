import type { CompleteMetadata } from './client-metadata.ts'
import { ENCRYPTED_RESPONSES } from './encrypted-responses.ts'
import type { Problem } from './errors.ts'
import { isObject, type JsonObject } from './json.ts'

interface KeyRule {
  readonly members?: readonly string[]
  readonly find: (metadata: CompleteMetadata) => Problem[]
}

const METHOD = 'token_endpoint_auth_method'

/** The rules between a client's keys and what is to be done with them (OpenID Connect Core 1.0 §9, §10). */
export const KEY_RULES: readonly KeyRule[] = [
  { members: ['jwks', 'jwks_uri'], find: oneKindOfKeys },
  { members: ['jwks', METHOD], find: assertionsHaveKeys },
  { find: algorithmsHaveKeys },
  { members: ['token_endpoint_auth_signing_alg', METHOD], find: algorithmSuitsMethod },
  { find: encNeedsAlg },
]

function oneKindOfKeys({ jwks, jwks_uri }: CompleteMetadata): Problem[] {
  if (!jwks || !jwks_uri) return []
  return [problem('jwks', 'jwks.with_jwks_uri', 'must not be sent together with jwks_uri', 'RFC 7591 §2')]
}

function assertionsHaveKeys(metadata: CompleteMetadata): Problem[] {
  if (metadata.token_endpoint_auth_method !== 'private_key_jwt' || metadata.jwks_uri) return []
  const keys = Array.isArray(metadata.jwks?.keys) ? metadata.jwks.keys : []
  if (keys.some((key) => isObject(key) && canSign(key))) return []
  return [
    problem(
      'jwks',
      'jwks.missing',
      'private_key_jwt needs jwks or jwks_uri with a signing key',
      'OpenID Connect Core 1.0 §9',
    ),
  ]
}

/** RFC 8037 §3.2: X25519 and X448 keys agree on keys and sign nothing. */
function canSign({ use, kty, crv }: JsonObject): boolean {
  return use !== 'enc' && ['RSA', 'EC', 'OKP'].includes(String(kty)) && crv !== 'X25519' && crv !== 'X448'
}

const NEEDS_KEYS = ['request_object_signing_alg', ...ENCRYPTED_RESPONSES.map(({ alg }) => alg)]

/** Request objects are verified, and responses encrypted, with keys of the client (OpenID Connect Core 1.0 §10). */
function algorithmsHaveKeys(metadata: CompleteMetadata): Problem[] {
  if (metadata.jwks || metadata.jwks_uri) return []
  return NEEDS_KEYS.filter((member) => metadata[member] !== undefined).map((member) =>
    problem(
      member,
      'jwks.missing',
      'needs jwks or jwks_uri with a key for it',
      'OpenID Connect Core 1.0 §10',
    ),
  )
}

/** Symmetric algorithms belong to client_secret_jwt and the others to private_key_jwt (OpenID Connect Core 1.0 §9). */
function algorithmSuitsMethod({
  token_endpoint_auth_method: method,
  token_endpoint_auth_signing_alg: alg,
}: CompleteMetadata): Problem[] {
  if (alg === undefined || alg.startsWith('HS') === (method === 'client_secret_jwt')) return []
  return [
    problem(
      'token_endpoint_auth_signing_alg',
      'token_endpoint_auth_signing_alg.method',
      `does not go with ${method}`,
      'OpenID Connect Core 1.0 §9',
    ),
  ]
}

function encNeedsAlg(metadata: CompleteMetadata): Problem[] {
  return ENCRYPTED_RESPONSES.filter(({ alg, enc }) => metadata[enc] && !metadata[alg]).map(({ alg, enc }) =>
    problem(enc, `${enc}.without_alg`, `needs ${alg}`, 'OpenID Connect Dynamic Client Registration 1.0 §2'),
  )
}

function problem(member: string, reason: string, message: string, rule: string): Problem {
  return { member, reason, message, rule }
}

/**
 * What is stronger, where a client or a policy leaves several values to choose from: the one table of it, the strongest
 * first. Values that are not in it come last, in the order in which they were offered.
 */
export const STRENGTH = {
  /** A key that the server does not hold, then secrets: proved without being sent, in a header, in a body (RFC 9700 §2.5). */
  method: ['private_key_jwt', 'client_secret_jwt', 'client_secret_basic', 'client_secret_post', 'none'],
  /** Curves that are hard to use wrongly, then ECDSA, RSA-PSS, PKCS #1 v1.5, and a secret that both sides know. */
  signing: [
    'Ed25519',
    'EdDSA',
    'ES512',
    'ES384',
    'ES256',
    'PS512',
    'PS384',
    'PS256',
    'RS512',
    'RS384',
    'RS256',
    'HS512',
    'HS384',
    'HS256',
  ],
  /** Key agreement before RSA; a wrapped key lets one token have several recipients and is no weaker. */
  encryption: [
    'ECDH-ES+A256KW',
    'ECDH-ES+A128KW',
    'ECDH-ES',
    'RSA-OAEP-512',
    'RSA-OAEP-384',
    'RSA-OAEP-256',
    'RSA-OAEP',
  ],
  /** One primitive that authenticates what it encrypts before two put together, longer keys before shorter. */
  contentEncryption: ['A256GCM', 'A192GCM', 'A128GCM', 'A256CBC-HS512', 'A192CBC-HS384', 'A128CBC-HS256'],
  /** Subject identifiers that two clients cannot compare, before those that they can (OpenID Connect Core 1.0 §8). */
  subject: ['pairwise', 'public'],
} as const satisfies Record<string, readonly string[]>

export type Strength = keyof typeof STRENGTH

/** In which order of strength a single-valued member's values stand; undefined where its values are not comparable. */
export function strengthOf(member: string): Strength | undefined {
  if (member === 'token_endpoint_auth_method') return 'method'
  if (member === 'subject_type') return 'subject'
  if (/_encrypted_response_enc$|_encryption_enc$/.test(member)) return 'contentEncryption'
  if (/_encrypted_response_alg$|_encryption_alg$/.test(member)) return 'encryption'
  return /_signed_response_alg$|_signing_alg$/.test(member) ? 'signing' : undefined
}

/** The values, the strongest first. */
export function byStrength(strength: Strength, values: readonly string[]): readonly string[] {
  const order: readonly string[] = STRENGTH[strength]
  const rank = (value: string) => (order.includes(value) ? order.indexOf(value) : order.length)
  return [...values].sort((a, b) => rank(a) - rank(b))
}

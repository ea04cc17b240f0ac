import { type Lifetimes, STANDARD_LIFETIMES } from './lifetimes.ts'

/**
 * What the authorization server can do, as data. Registration grants nothing beyond it, discovery announces exactly it,
 * and the engine is configured from it: one value, so that the three cannot disagree.
 */
export interface Capabilities {
  readonly grantTypes: readonly string[]
  readonly responseTypes: readonly string[]
  readonly authMethods: readonly string[]
  /** For `private_key_jwt` and `client_secret_jwt`; HS algorithms belong to the latter alone. */
  readonly authSigningAlgs: readonly string[]
  readonly idTokenSigningAlgs: readonly string[]
  readonly userinfoSigningAlgs: readonly string[]
  readonly introspectionSigningAlgs: readonly string[]
  readonly requestObjectSigningAlgs: readonly string[]
  /** Asymmetric key management of encrypted responses; the keys are the client's. */
  readonly encryptionAlgs: readonly string[]
  readonly encryptionEncs: readonly string[]
  readonly dpopSigningAlgs: readonly string[]
  readonly subjectTypes: readonly string[]
  /** Opaque, or a signed JWT: Duende's words for them. */
  readonly accessTokenTypes: readonly string[]
  readonly refreshTokenUsages: readonly string[]
  readonly refreshTokenExpirations: readonly string[]
  /** What holds where neither client nor policy say otherwise. */
  readonly lifetimes: Lifetimes
  readonly acrValues: readonly string[]
  /** Every scope that can be granted. */
  readonly scopes: readonly string[]
  /** What a client gets that asks for no scope. */
  readonly defaultScopes: readonly string[]
  /** Scopes that a client has only by somebody's leave: above all those that open the registration endpoint itself. */
  readonly privilegedScopes: readonly string[]
}

/** The capabilities that are lists of values. */
export type CapabilityList = {
  [Name in keyof Capabilities]: Capabilities[Name] extends readonly string[] ? Name : never
}[keyof Capabilities]

export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'

/** What the built-in authorization server does. Scopes are the operator's to extend. */
export const BUILT_IN: Capabilities = {
  grantTypes: ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE],
  responseTypes: ['code'],
  authMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'client_secret_jwt', 'none'],
  // `Ed25519` is what RFC 9864 §2.2 calls `EdDSA` with that curve; newer libraries (oauth4webapi 3) send nothing else.
  authSigningAlgs: ['ES256', 'RS256', 'PS256', 'Ed25519', 'EdDSA', 'HS256'],
  idTokenSigningAlgs: ['ES256', 'RS256'],
  userinfoSigningAlgs: ['ES256', 'RS256'],
  introspectionSigningAlgs: ['ES256', 'RS256'],
  requestObjectSigningAlgs: ['ES256', 'RS256', 'PS256', 'Ed25519', 'EdDSA'],
  encryptionAlgs: ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A256KW', 'RSA-OAEP', 'RSA-OAEP-256'],
  encryptionEncs: ['A128CBC-HS256', 'A256CBC-HS512', 'A128GCM', 'A256GCM'],
  dpopSigningAlgs: ['ES256', 'Ed25519', 'EdDSA'],
  subjectTypes: ['public', 'pairwise'],
  accessTokenTypes: ['Jwt', 'Reference'],
  refreshTokenUsages: ['OneTimeOnly', 'ReUse'],
  refreshTokenExpirations: ['Absolute', 'Sliding'],
  lifetimes: STANDARD_LIFETIMES,
  acrValues: [],
  scopes: ['openid', 'offline_access', 'profile', 'email'],
  defaultScopes: ['openid', 'offline_access', 'profile', 'email'],
  privilegedScopes: [],
}

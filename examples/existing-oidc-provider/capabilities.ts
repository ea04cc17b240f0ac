/** What the provider in `main.ts` can do, as its configuration has it: nothing beyond is granted (RFC 7591 §3.2.1). */
export const capabilities = {
  scopes: ['openid', 'offline_access', 'notes'],
  defaultScopes: ['openid'],
  // By `scopes` and `features`; refresh tokens because there is offline_access.
  grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
  // Without client_secret_jwt, which needs the secret itself: the registry has hashes only.
  authMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
  // By the signing keys in `jwks`; these are of its development keys.
  idTokenSigningAlgs: ['RS256'],
  subjectTypes: ['public'],
  // By `features` that are off: signed and encrypted answers, request objects.
  userinfoSigningAlgs: [],
  introspectionSigningAlgs: [],
  requestObjectSigningAlgs: [],
  encryptionAlgs: [],
  encryptionEncs: [],
}

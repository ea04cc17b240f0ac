/** The members that ask for encrypted responses, two for each kind (OIDC Registration §2, RFC 9701 §6). */
export const ENCRYPTED_RESPONSES = ['id_token', 'userinfo', 'introspection'].map((kind) => ({
  alg: `${kind}_encrypted_response_alg`,
  enc: `${kind}_encrypted_response_enc`,
}))

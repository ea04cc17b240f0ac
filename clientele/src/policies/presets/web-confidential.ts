import { definePolicy } from '../policy-definition.ts'

/**
 * Applications on a web server, which can keep a secret (RFC 6749 §2.1): the authorization code grant, https redirect URIs,
 * and an authentication at the token endpoint. PKCE for them as well (RFC 9700 §2.1.1): it binds the code to the browser
 * session that asked for it, which a secret does not.
 */
export const webConfidential = definePolicy({
  name: 'web-confidential',
  description: 'Applications on a web server, with a secret or a key of their own.',
  grant_types: { allowed: ['authorization_code', 'refresh_token'] },
  token_endpoint_auth_methods: {
    allowed: ['private_key_jwt', 'client_secret_basic', 'client_secret_post', 'client_secret_jwt'],
  },
  member: { application_type: { allowed: ['web'] } },
  redirect_uris: { classes: ['https'], min_count: 1 },
  tokens: { require_pkce: { force: true } },
})

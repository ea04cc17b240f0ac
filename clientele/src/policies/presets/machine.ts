import { definePolicy } from '../policy-definition.ts'

/**
 * Programs that act for themselves (RFC 6749 §4.4): the client credentials grant and nothing else. Only a client that
 * authenticates may use it, and a client that never sends anybody anywhere has no redirect URIs to misuse.
 */
export const machine = definePolicy({
  name: 'machine',
  description: 'Programs that act for themselves: client credentials only.',
  // A program that names no grant means this one; RFC 7591 §2 would give it authorization_code.
  grant_types: { allowed: ['client_credentials'], default: ['client_credentials'], outside: 'reject' },
  token_endpoint_auth_methods: {
    allowed: ['private_key_jwt', 'client_secret_basic', 'client_secret_post', 'client_secret_jwt'],
  },
  redirect_uris: { classes: [] },
  post_logout_redirect_uris: { classes: [] },
})

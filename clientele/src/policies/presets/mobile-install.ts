import { definePolicy } from '../policy-definition.ts'

/**
 * Apps that register each installed copy by itself. A copy with credentials of its own may be a confidential client
 * (RFC 8252 §8.4): its secret is in no other copy. What the copies have in common is their software (RFC 7591 §2), which is
 * asked for, so that an operator finds all of them. Nobody listens on a loopback address of a telephone: claimed https and
 * reversed domain names only.
 */
export const mobileInstall = definePolicy({
  name: 'mobile-install',
  description: 'Apps that register every installed copy, each with credentials of its own.',
  grant_types: {
    allowed: ['authorization_code', 'refresh_token'],
    default: ['authorization_code', 'refresh_token'],
  },
  token_endpoint_auth_methods: {
    allowed: ['private_key_jwt', 'client_secret_basic', 'client_secret_post'],
  },
  member: { application_type: { force: 'native' } },
  redirect_uris: { classes: ['claimed-https', 'private-use'], schemes: ['**.*'], min_count: 1, max_count: 4 },
  software: { required: true },
  tokens: { require_pkce: { force: true } },
  // A backup that was restored on another device must not go on managing this one's registration.
  credentials: { registration_access_token: { rotation: 'update' } },
})

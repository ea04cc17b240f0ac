import { definePolicy } from '../policy-definition.ts'

/**
 * Only what is named counts, as in Airlock IAM: members without a rule here are left out of the registration, and the answer
 * says so. A bad value is dropped where the member is optional and refused where it is mandatory. Extend it, and give the
 * patterns of your own.
 *
 * What differs on purpose: what was dropped is reported; an empty scope means none and not all; the authorization server
 * holds clients to what they registered.
 */
const NAMED = [
  'redirect_uris',
  'grant_types',
  'response_types',
  'token_endpoint_auth_method',
  'client_name',
  'contacts',
  'scope',
  'software_id',
  'software_version',
  'client_uri',
  'logo_uri',
  'policy_uri',
  'tos_uri',
]

const page = { https: true, pattern: 'https://[a-zA-Z0-9/_.-]+', on_bad: 'drop' } as const

export const airlockLike = definePolicy({
  name: 'airlock-like',
  description: 'Only named members count; each has a pattern.',
  members: { allow: NAMED, outside: 'drop' },
  member: {
    client_name: { pattern: '[a-zA-Z0-9 _.-]+', on_bad: 'drop' },
    contacts: { pattern: '[a-zA-Z0-9 _.@-]+', required: true },
  },
  grant_types: { allowed: ['authorization_code', 'client_credentials', 'refresh_token'], outside: 'drop' },
  token_endpoint_auth_methods: { allowed: ['none', 'client_secret_post', 'client_secret_basic'] },
  software: { id_pattern: '[a-zA-Z0-9_.-]+', version_pattern: '[a-zA-Z0-9_.-]+', required: true },
  uris: { client_uri: page, logo_uri: page, policy_uri: page, tos_uri: page },
})

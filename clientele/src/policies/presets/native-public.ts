import { definePolicy } from '../policy-definition.ts'

/**
 * Installed programs whose every copy is the same (RFC 8252): nothing in them is secret (§8.5), so they are public clients
 * with PKCE (§6, §8.1). Three kinds of redirect URI: claimed https (§7.2), loopback on any port (§7.3), and private-use
 * schemes with a period in them, as a reversed domain name has (§7.1, §8.4).
 */
export const nativePublic = definePolicy({
  name: 'native-public',
  description: 'Installed programs without a secret (RFC 8252).',
  grant_types: { allowed: ['authorization_code', 'refresh_token'] },
  token_endpoint_auth_methods: { allowed: ['none'], default: 'none' },
  // The kind of program is what this policy is for; an https redirect URI alone would make it a web application.
  member: { application_type: { force: 'native' } },
  redirect_uris: {
    classes: ['claimed-https', 'loopback', 'private-use'],
    schemes: ['**.*'],
    min_count: 1,
  },
  tokens: { require_pkce: { force: true } },
})

import { definePolicy } from '../policy-definition.ts'

/**
 * Installed programs whose every copy is the same (RFC 8252): nothing in them is secret (§8.5), so they are public clients
 * with PKCE (§6, §8.1). Three kinds of redirect URI: claimed https (§7.2), loopback on any port (§7.3), and private-use
 * schemes with a period in them, as a reversed domain name has (§7.1, §8.4).
 */
export const nativePublic = definePolicy({
  name: 'native-public',
  description: 'Installed programs without a secret (RFC 8252).',
  // The device grant is for programs of this kind (RFC 8628 §1), some of which have nothing else and no redirect URI.
  grant_types: {
    allowed: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
  },
  token_endpoint_auth_methods: { allowed: ['none'], default: 'none' },
  // The kind of program is what this policy is for; an https redirect URI alone would make it a web application.
  member: { application_type: { force: 'native' } },
  redirect_uris: {
    classes: ['claimed-https', 'loopback', 'private-use'],
    schemes: ['**.*'],
  },
  tokens: { require_pkce: { force: true } },
})

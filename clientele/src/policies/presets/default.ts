import { definePolicy } from '../policy-definition.ts'

/**
 * No rules of its own: a registration gets what the standard and this server's configuration give it. Everything that holds
 * without policies holds under every policy: RFC 7591's consistency, the redirect URIs that no client may have, the scopes
 * and methods that this server has at all, privileged scopes.
 */
export const defaultPolicy = definePolicy({
  name: 'default',
  description: 'What the standard and the configuration of this server allow, and no further rule.',
})

import type { Credentials } from '../oauth/authorization-header.ts'
import { bearerOf } from '../oauth/authorization-header.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { Clock } from '../runtime/clock.ts'
import type { ApiKeyStore } from '../stores/store.ts'
import { findApiKey } from './find-api-key.ts'
import { createLastUse } from './last-use.ts'

/** Lets an authorization server read the registry, or throws `OAuthError`. */
export type AdmitRegistryReader = (credentials: Credentials) => Promise<void>

/**
 * Admits who holds an API key with the permission `registry-read`, and nothing else of it: such a key neither registers nor
 * manages, and no key that does reads the registry by that.
 */
export function createAdmitRegistryReader(
  store: Pick<ApiKeyStore, 'findApiKey' | 'noteApiKeyUse'>,
  clock: Clock,
): AdmitRegistryReader {
  const lastUse = createLastUse((id, at) => store.noteApiKeyUse(id, at), clock)
  return async (credentials) => {
    if (credentials.kind === 'none')
      throw new OAuthError('invalid_token', 'api_key.missing', 'This needs an API key.')
    const key = await findApiKey(bearerOf(credentials), { store, clock })
    if (!key.permissions.includes('registry-read')) {
      throw new OAuthError(
        'insufficient_scope',
        'api_key.without_registry_read',
        'This credential does not have the permission registry-read.',
      )
    }
    lastUse.note(key.id)
  }
}

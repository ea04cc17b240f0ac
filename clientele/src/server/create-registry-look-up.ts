/** What the look-up for other authorization servers needs; without API keys it opens to nobody. */
import { createAdmitRegistryReader } from '../gates/registry-reader.ts'
import type { RegistryRoutesDeps } from '../http/endpoints/registry.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { AttemptLimit } from '../runtime/attempt-limit.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Store } from '../stores/store.ts'
import type { Config } from './config-schema.ts'

export interface RegistryLookUpDeps {
  readonly store: Store
  readonly clock: Clock
  readonly limits: { readonly credentials: AttemptLimit }
}

export function createRegistryLookUp(
  config: Config,
  { store, clock, limits }: RegistryLookUpDeps,
): RegistryRoutesDeps {
  const admit = createAdmitRegistryReader(store, clock)
  return {
    store,
    attempts: limits.credentials,
    maxAgeSeconds: config.registry.max_age_seconds,
    admit: config.api_keys.enabled ? admit : refuse,
  }
}

async function refuse(): Promise<never> {
  throw new OAuthError('invalid_token', 'api_key.off', 'The API key is not valid.')
}

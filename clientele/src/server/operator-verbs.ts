/** What the operator can do with this server: every use case of `admin`, given what it needs. */
import { createAccount } from '../admin/create-account.ts'
import { createApiKey } from '../admin/create-api-key.ts'
import { createInitialAccessToken } from '../admin/create-initial-access-token.ts'
import { createServiceAccount } from '../admin/create-service-account.ts'
import { deleteServiceAccount } from '../admin/delete-service-account.ts'
import { listApiKeys } from '../admin/list-api-keys.ts'
import { listInitialAccessTokens } from '../admin/list-initial-access-tokens.ts'
import { listServiceAccounts } from '../admin/list-service-accounts.ts'
import { revokeApiKey } from '../admin/revoke-api-key.ts'
import { revokeInitialAccessToken } from '../admin/revoke-initial-access-token.ts'
import { rotateSigningKeys } from '../admin/rotate-signing-keys.ts'
import { hashPassword } from '../authorization/accounts/password.ts'
import type { Engine } from '../authorization/engine.ts'
import { longestSignedLifetime } from '../authorization/settings.ts'
import type { OperatorVerbs } from '../http/endpoints/admin-routes.ts'
import type { Capabilities } from '../oauth/capabilities.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Keys } from '../runtime/time-ordered.ts'
import type { Store } from '../stores/store.ts'
import type { Config } from './config-schema.ts'
import { engineSettings } from './engine-settings.ts'

export interface OperatorDeps {
  readonly config: Config
  readonly capabilities: Capabilities
  readonly store: Store
  readonly clock: Clock
  readonly keys: Keys
  readonly engine: Engine
}

/** How the audit trail names whoever holds the operator token. */
const ACTOR = 'operator'

export function createOperatorVerbs(given: OperatorDeps): OperatorVerbs {
  const { config, engine } = given
  const deps = { ...given, hashPassword }
  const rotation = {
    ...deps,
    algorithms: engine.signingAlgorithms,
    makeSigningKey: engine.makeSigningKey,
    longestLifetimeSeconds: longestSignedLifetime(engineSettings(config)),
    reload: engine.reload,
  }
  return {
    createInitialAccessToken: (request) => createInitialAccessToken(request, ACTOR, deps),
    listInitialAccessTokens: (page) => listInitialAccessTokens(page, deps),
    revokeInitialAccessToken: (id) => revokeInitialAccessToken(id, ACTOR, deps),
    createApiKey: (request) => createApiKey(request, ACTOR, deps),
    listApiKeys: (page) => listApiKeys(page, deps),
    revokeApiKey: (id) => revokeApiKey(id, ACTOR, deps),
    createServiceAccount: (request) => createServiceAccount(request, ACTOR, deps),
    listServiceAccounts: (page) => listServiceAccounts(page, deps),
    deleteServiceAccount: (name) => deleteServiceAccount(name, ACTOR, deps),
    createAccount: (request) => createAccount(request, ACTOR, deps),
    rotateSigningKeys: () => rotateSigningKeys(ACTOR, rotation),
  }
}

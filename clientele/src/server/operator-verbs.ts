/** What the operator can do with this server: every use case of `admin`, given what it needs. */
import { checkPolicies } from '../admin/check-policies.ts'
import { createAccount } from '../admin/create-account.ts'
import { createApiKey } from '../admin/create-api-key.ts'
import { createInitialAccessToken } from '../admin/create-initial-access-token.ts'
import { createServiceAccount } from '../admin/create-service-account.ts'
import { deleteServiceAccount } from '../admin/delete-service-account.ts'
import { getClient } from '../admin/get-client.ts'
import { listApiKeys } from '../admin/list-api-keys.ts'
import { listClients } from '../admin/list-clients.ts'
import { listInitialAccessTokens } from '../admin/list-initial-access-tokens.ts'
import { listServiceAccounts } from '../admin/list-service-accounts.ts'
import type { PolicyTexts } from '../admin/policy-texts.ts'
import { replayPolicy } from '../admin/replay-policy.ts'
import { revokeApiKey } from '../admin/revoke-api-key.ts'
import { revokeInitialAccessToken } from '../admin/revoke-initial-access-token.ts'
import { rotateSigningKeys } from '../admin/rotate-signing-keys.ts'
import { setClientPolicy } from '../admin/set-client-policy.ts'
import { syncConnector } from '../admin/sync-connector.ts'
import { tryPolicy } from '../admin/try-policy.ts'
import { hashPassword } from '../authorization/accounts/password.ts'
import type { Engine } from '../authorization/engine.ts'
import { longestSignedLifetime } from '../authorization/settings.ts'
import type { Connector } from '../connectors/connector.ts'
import type { OperatorVerbs } from '../http/endpoints/admin-routes.ts'
import type { Capabilities } from '../oauth/capabilities.ts'
import type { Policies } from '../policies/policy.ts'
import type { RegistrationDeps } from '../registration/deps.ts'
import type { Clock } from '../runtime/clock.ts'
import type { EventLoop } from '../runtime/event-loop.ts'
import type { Sealer } from '../runtime/sealer.ts'
import type { Keys } from '../runtime/time-ordered.ts'
import type { Store } from '../stores/store.ts'
import type { Config } from './config-schema.ts'
import { engineSettings } from './engine-settings.ts'
import type { ReportFault } from './fault-log.ts'
import { mirrorDeps } from './start-followers.ts'

export interface OperatorDeps {
  readonly config: Config
  readonly capabilities: Capabilities
  readonly store: Store
  readonly clock: Clock
  readonly keys: Keys
  readonly engine: Engine
  /** See `EngineDeps`. */
  readonly publishAheadSeconds: number
  readonly policies: Policies
  readonly texts: PolicyTexts
  readonly registration: RegistrationDeps
  readonly eventLoop: EventLoop
  readonly reportFault: ReportFault
  readonly sealer: Sealer
  readonly connectors: readonly Connector[]
}

/** How the audit trail names whoever holds the operator token. */
const ACTOR = 'operator'

export function createOperatorVerbs(given: OperatorDeps): OperatorVerbs {
  const { config, engine } = given
  const deps = { ...given, hashPassword, fields: given.registration.fields }
  const rotation = {
    ...deps,
    algorithms: engine.signingAlgorithms,
    makeSigningKey: engine.makeSigningKey,
    // The old keys sign for a moment more.
    longestLifetimeSeconds: longestSignedLifetime(engineSettings(config)) + given.publishAheadSeconds,
    reload: engine.reload,
  }
  const nextTurn = () => new Promise<void>((resolve) => given.eventLoop.atEndOfTurn(resolve))
  const rehearsal = {
    ...deps,
    nextTurn,
    reportFault: (error: unknown) => given.reportFault(error, 'a client could not be judged by a policy'),
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
    listClients: (page) => listClients(page, deps),
    getClient: (id) => getClient(id, deps),
    setClientPolicy: (id, request) => setClientPolicy(id, request, ACTOR, deps),
    checkPolicies: (written) => checkPolicies(written, deps),
    tryPolicy: (request) => tryPolicy(request, deps),
    replayPolicy: async (request) => replayPolicy(request, rehearsal),
    syncConnector: async (name) => syncConnector(name, { ...mirrorDeps(given), ...deps, nextTurn }),
    createAccount: (request) => createAccount(request, ACTOR, deps),
    rotateSigningKeys: () => rotateSigningKeys(ACTOR, rotation),
  }
}

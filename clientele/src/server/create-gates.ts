import { apiKeyGate } from '../gates/api-key.ts'
import { basicGate } from '../gates/basic.ts'
import { bearerGate, type OwnAccessTokens } from '../gates/bearer.ts'
import { bearerIssuersGate } from '../gates/bearer-issuers.ts'
import type { Gate } from '../gates/gate.ts'
import { type HostGateOptions, hostFunctionGate } from '../gates/host-function.ts'
import { initialAccessTokenGate } from '../gates/initial-access-token.ts'
import { openGate } from '../gates/open.ts'
import { softwareStatementGate } from '../gates/software-statement.ts'
import type { Store } from '../stores/store.ts'
import type { Config } from './config-schema.ts'
import { createBearerIssuers, type IssuerDeps, operationScopes } from './create-issuers.ts'
import { createMutualTlsGates } from './create-mutual-tls.ts'
import { withinManagement } from './management-gates.ts'
import { verifyPassword } from './verify-password.ts'

/** What gates are made of. */
export interface GateDeps extends IssuerDeps {
  readonly store: Store
  /** The access tokens of this server. */
  readonly accessTokens: OwnAccessTokens
  /** The host application's own say, where one embeds this server. */
  readonly host?: HostGateOptions
}

/**
 * The gates that the operator opened, in the order in which they are asked: those that know somebody first, those that
 * admit under a proviso after them, the open one last (`registration/steps/identify-caller.ts`).
 */
export function createGates(config: Config, deps: GateDeps): readonly Gate[] {
  const { store, clock, accessTokens, host } = deps
  const gates = [
    ...(config.initial_access_tokens.enabled ? [initialAccessTokenGate(store, clock)] : []),
    ...(config.api_keys.enabled ? [apiKeyGate(store, clock)] : []),
    ...(config.basic.enabled ? [basicGate(store, verifyPassword, clock)] : []),
    ...(config.bearer.enabled ? [bearerGate(accessTokens, operationScopes(config))] : []),
    ...(config.bearer.issuers.length > 0
      ? [bearerIssuersGate(createBearerIssuers(config, deps), clock)]
      : []),
    ...createMutualTlsGates(config, clock),
    ...(config.software_statements.admits ? [softwareStatementGate()] : []),
    ...openGates(config),
  ]
  // The host hears of every operation and decides for itself.
  const own = host === undefined ? [] : [hostFunctionGate(host)]
  return [...own, ...gates.map((gate) => withinManagement(gate, config))]
}

function openGates({ registration }: Config): readonly Gate[] {
  if (registration.anonymous) return [openGate()]
  return registration.anonymous_public ? [openGate({ publicOnly: true })] : []
}

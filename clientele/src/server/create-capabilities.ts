import { BUILT_IN, type Capabilities } from '../oauth/capabilities.ts'
import type { Config } from './config-schema.ts'
import { operationScopes } from './create-issuers.ts'

/** What this server can do, as the operator wants it. */
export function createCapabilities(config: Config): Capabilities {
  const opening = registrationScopes(config)
  return {
    ...BUILT_IN,
    scopes: [...new Set([...config.scopes.supported, ...opening])],
    defaultScopes: config.scopes.default,
    privilegedScopes: privilegedScopes(config),
  }
}

/** The scopes that nobody has without leave: those that the operator names, and those that open registration itself. */
export function privilegedScopes(config: Pick<Config, 'bearer' | 'scopes'>): readonly string[] {
  return [...new Set([...config.scopes.privileged, ...registrationScopes(config)])]
}

function registrationScopes(config: Pick<Config, 'bearer'>): readonly string[] {
  if (!config.bearer.enabled) return []
  return Object.values(operationScopes(config)).filter((scope) => scope !== '')
}

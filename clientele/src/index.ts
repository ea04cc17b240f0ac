/**
 * The door `clientele`: the front desk for OAuth clients inside your own program (RFC 7591, RFC 7592). Loads neither the
 * authorization server nor a database driver.
 */
export type { CreatedInitialAccessToken, NewInitialAccessToken } from './admin/create-initial-access-token.ts'
export type { Capabilities } from './oauth/capabilities.ts'
export type { ClientMetadata, CompleteMetadata } from './oauth/client-metadata.ts'
export { type ErrorCode, OAuthError, type OAuthErrorOptions, type Problem } from './oauth/errors.ts'
export type { JsonObject, JsonValue } from './oauth/json.ts'
export { createRegistrar } from './registrar/create-registrar.ts'
export type { RegistrarEvent } from './registrar/events.ts'
export type { Generators, RegistrarLimits, RegistrarOptions, RegistrarStore } from './registrar/options.ts'
export { type OptionProblem, RegistrarOptionsError } from './registrar/options-error.ts'
export type {
  ClientInformation,
  Credential,
  HostCaller,
  HostCredential,
  Registrar,
  RequestInformation,
  TokenCredential,
} from './registrar/registrar.ts'
export type { RegistryClient } from './registry/registry-client.ts'
export { StoreUnavailable } from './stores/store.ts'

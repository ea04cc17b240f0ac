/** The door to the server: start one from a program. */
export {
  type ConnectedClient,
  type ConnectedCredentials,
  type Connector,
  ConnectorRefusal,
} from './connectors/connector.ts'
export type { HostDecision, HostFunction, HostGateOptions } from './gates/host-function.ts'
export type {
  Amendment,
  Decision,
  Denial,
  Facts,
  Policy,
  Refusal,
  Rule,
  Situation,
} from './policies/policy.ts'
export {
  definePolicy,
  type HostParts,
  type HostRule,
  type PolicyDefinition,
} from './policies/policy-definition.ts'
export type { PolicySource } from './policies/policy-language.ts'
export { type ConfigSources, loadConfig, parseConfig } from './server/config.ts'
export { ConfigError, type ConfigProblem } from './server/config-error.ts'
export type { Config } from './server/config-schema.ts'
export { StartError } from './server/start-error.ts'
export { startServer } from './server/start-listening-server.ts'
export type { ListeningServer as RunningServer, Outside } from './server/start-server.ts'

/** The door `clientele/gates`: who may register. Each is a function of its options; `Gate` is for your own. */
export type { ClaimTest } from './clients/claim-test.ts'
export type { Caller, Proviso } from './clients/client.ts'
export { apiKeyGate } from './gates/api-key.ts'
export { basicGate } from './gates/basic.ts'
export { bearerGate, type OwnAccessToken, type OwnAccessTokens } from './gates/bearer.ts'
export { type BearerIssuer, bearerIssuersGate } from './gates/bearer-issuers.ts'
export type { OperationScopes } from './gates/bearer-scopes.ts'
export type { Admission, Gate, Operation, Permission, Presented } from './gates/gate.ts'
export {
  type HostDecision,
  type HostFunction,
  type HostGateOptions,
  hostFunctionGate,
} from './gates/host-function.ts'
export { initialAccessTokenGate } from './gates/initial-access-token.ts'
export {
  type CertificateRule,
  type CheckCertificate,
  createCertificateCheck,
  type MutualTlsOptions,
  mutualTlsGate,
} from './gates/mutual-tls.ts'
export { openGate } from './gates/open.ts'
export type { VerifyPassword } from './gates/remembered-passwords.ts'
export { softwareStatementGate } from './gates/software-statement.ts'
export type { Credentials } from './oauth/authorization-header.ts'
export { type Clock, systemClock } from './runtime/clock.ts'
export {
  fixedIssuerKeys,
  type IssuerKeys,
  type RemoteIssuerKeysOptions,
  remoteIssuerKeys,
} from './runtime/issuer-keys.ts'

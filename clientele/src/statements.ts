/** The door `clientele/statements`: software statements of issuers that you trust (RFC 7591 §2.3). */
export type { Vouched } from './clients/client.ts'
export type { StatementVerifier } from './registration/statement-verifier.ts'
export {
  fixedIssuerKeys,
  type IssuerKeys,
  KeysUnavailable,
  type RemoteIssuerKeysOptions,
  remoteIssuerKeys,
} from './runtime/issuer-keys.ts'
export type { TrustedJwtIssuer } from './runtime/verify-jwt.ts'
export {
  createStatementVerifier,
  type StatementVerifierOptions,
} from './statements/create-statement-verifier.ts'
export type { TrustedStatementIssuer } from './statements/trusted-statement-issuer.ts'

/** The door `clientele/testing`: the contracts of stores, gates and connectors as test suites, and samples, for who writes their own. */
export {
  type ConnectorCase,
  describeConnector,
  type SeenClient,
  sampleConnectedClient,
} from './testing/connector-contract.ts'
export { describeGate, type GateCase } from './testing/gate-contract.ts'
export { describeStore } from './testing/store-contract.ts'
export {
  SAMPLE_TIME,
  sampleAccount,
  sampleApiKey,
  sampleArtifact,
  sampleAudit,
  sampleClient,
  sampleInitialAccessToken,
  sampleServiceAccount,
  sampleSigningKey,
} from './testing/store-samples.ts'
export type { Expectation, TestFunctions } from './testing/test-functions.ts'

/** The door `clientele/testing`: the contracts of stores and gates as test suites, and samples, for who writes their own. */
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

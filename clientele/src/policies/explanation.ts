/** What became of a registration and why, as values: what `explain.ts` makes of a record. */
import type { ClientRecord } from '../clients/client.ts'
import type { Problem } from '../oauth/errors.ts'
import type { JsonValue } from '../oauth/json.ts'

/** What of a client is explained. A registration that was only tried has all of it as well. */
export type Explainable = Pick<
  ClientRecord,
  'door' | 'requested' | 'granted' | 'dropped' | 'caller' | 'fixed' | 'proviso' | 'vouched' | 'decisions'
> & {
  readonly policy?: string | undefined
  readonly policyRevision?: string | undefined
  /** Of a registration that would be refused: every bad member. */
  readonly problems?: readonly Problem[]
}

export interface Explanation {
  /** Where the client came from and what governs it, in sentences. */
  readonly introduction: readonly string[]
  /** Every member that was asked for, granted, or dealt with by a rule, in the order of the field table. */
  readonly members: readonly ExplainedMember[]
}

export interface ExplainedMember {
  readonly member: string
  /** What the client itself asked for; absent where it said nothing. */
  readonly requested?: JsonValue
  /** What is in force; absent where nothing is. */
  readonly granted?: JsonValue
  /** What happened in between, in the order in which it happened; at least one. */
  readonly steps: readonly ExplainedStep[]
}

export interface ExplainedStep {
  /** Whose doing it is. */
  readonly by: 'client' | 'software_statement' | 'credential' | 'server' | 'policy' | 'standard'
  /** Of a policy: the rule's place in it, `redirect_uris.hosts`. */
  readonly rule?: string
  /** One sentence or more. */
  readonly words: string
}

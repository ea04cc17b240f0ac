/** What a replay of a policy over the clients that exist tells, piece by piece. */
import type { Rejudgement } from '../registration/rejudge.ts'

/** What a replay tells, as it goes on: at the end, and only then, the summary. */
export type ReplayNews = ReplayProgress | ReplayFinding | ReplaySummary

export interface ReplayProgress {
  readonly type: 'progress'
  readonly judged: number
  /** How many there were at the beginning. */
  readonly total: number
}

/** A client that would not stay as it is. */
export interface ReplayFinding extends Omit<Rejudgement, 'outcome'> {
  readonly type: 'client'
  readonly clientId: string
  readonly clientName?: string
  /** Whether the policy of this name governs it; another's clients are judged as if it did. */
  readonly isGoverned: boolean
  /** `failed`: it could not be judged, by a fault of ours or of a host's rule; the log has it. */
  readonly outcome: 'changed' | 'refused' | 'failed'
}

export interface ReplaySummary {
  readonly type: 'summary'
  readonly policy: string
  readonly policyRevision: string
  readonly judged: number
  readonly same: number
  readonly changed: number
  readonly refused: number
  readonly failed: number
  /** Of those judged, how many the policy of this name governs. */
  readonly governed: number
  /** How many would be refused for each reason, and how many would change in each member. */
  readonly reasons: Readonly<Record<string, number>>
  readonly members: Readonly<Record<string, number>>
  /** What such a judgement cannot see, in sentences. */
  readonly notes: readonly string[]
}

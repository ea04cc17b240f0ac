import type { RecordedDecision } from '../../clients/client.ts'

/** The decisions of all rounds, one for each member and rule: what stood there first, and what stands there in the end. */
export function mergeDecisions(decisions: readonly RecordedDecision[]): readonly RecordedDecision[] {
  const merged = new Map<string, RecordedDecision>()
  for (const decision of decisions) {
    const key = JSON.stringify([decision.member, decision.rule])
    const first = merged.get(key)
    if (first === undefined) {
      merged.set(key, decision)
    } else {
      const { from: _, ...latest } = decision
      merged.set(key, { ...latest, ...('from' in first ? { from: first.from! } : {}) })
    }
  }
  return [...merged.values()]
}

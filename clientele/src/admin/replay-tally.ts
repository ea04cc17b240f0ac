import type { ReplayFinding } from './replay-news.ts'

/** Counts what a replay finds. Reasons and members count once for each client. */
export function startTally() {
  const sums = {
    judged: 0,
    same: 0,
    changed: 0,
    refused: 0,
    failed: 0,
    governed: 0,
    reasons: {} as Record<string, number>,
    members: {} as Record<string, number>,
  }
  const add = (counts: Record<string, number>, keys: readonly string[]) => {
    for (const key of new Set(keys)) counts[key] = (counts[key] ?? 0) + 1
  }
  return {
    sums,
    count(finding: ReplayFinding | undefined, isGoverned: boolean): void {
      sums.judged += 1
      if (isGoverned) sums.governed += 1
      sums[finding?.outcome ?? 'same'] += 1
      if (finding?.outcome === 'changed')
        add(
          sums.members,
          finding.differences.map(({ member }) => member),
        )
      if (finding?.outcome === 'refused') add(sums.reasons, reasonsOf(finding))
    },
  }
}

function reasonsOf({ problems, refusal }: ReplayFinding): readonly string[] {
  if (problems.length > 0) return problems.map(({ reason }) => reason)
  return refusal === undefined ? [] : [refusal.reason]
}

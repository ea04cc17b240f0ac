import type { RecordedDecision } from '../../clients/client.ts'
import { sameJson } from '../../oauth/same-json.ts'
import type { JudgedMetadata } from './judge-metadata.ts'

/** What the policy changed, as far as the client can tell: what went and came back as a default is as it was asked for. */
export function findChanges({
  decisions,
  requested,
  metadata,
}: Pick<JudgedMetadata, 'decisions' | 'requested' | 'metadata'>): readonly RecordedDecision[] {
  return decisions.filter(
    ({ member }) => requested[member] === undefined || !sameJson(requested[member], metadata[member]),
  )
}

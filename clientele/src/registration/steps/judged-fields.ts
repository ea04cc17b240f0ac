import type { ClientRecord } from '../../clients/client.ts'
import { findTerms } from '../../oauth/find-terms.ts'
import type { RegistrationDeps } from '../deps.ts'
import type { JudgedMetadata } from './judge-metadata.ts'

type JudgedFields = Pick<
  ClientRecord,
  'requested' | 'granted' | 'dropped' | 'policy' | 'policyRevision' | 'decisions' | 'terms'
>

/** What a record says of a judgement, at a creation and at every update: what was asked, what became of it, and by what. */
export function judgedFields(
  { requested, metadata, dropped, decisions, policy }: JudgedMetadata,
  { fields }: Pick<RegistrationDeps, 'fields'>,
): JudgedFields {
  const terms = findTerms(metadata, fields)
  return {
    requested,
    granted: metadata,
    dropped,
    policy: policy.name,
    policyRevision: policy.revision,
    ...(decisions.length === 0 ? {} : { decisions }),
    ...(terms.length === 0 ? {} : { terms }),
  }
}

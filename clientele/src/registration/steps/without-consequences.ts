import type { ClientMetadata } from '../../oauth/client-metadata.ts'
import type { Problem } from '../../oauth/errors.ts'

/**
 * A client that did not call itself native is made so by redirect URIs of installed programs. Where these are refused, what
 * is wrong with its `application_type` only follows from them, and would puzzle a developer who never sent one.
 */
export function withoutConsequences(
  problems: readonly Problem[],
  { application_type: type }: ClientMetadata,
): readonly Problem[] {
  const isInferred = type === undefined || type === 'web'
  if (!isInferred || !problems.some(({ reason }) => reason === 'redirect_uris.class')) return problems
  return problems.filter(({ member }) => member !== 'application_type')
}

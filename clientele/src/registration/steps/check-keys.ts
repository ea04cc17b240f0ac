import type { CompleteMetadata } from '../../oauth/client-metadata.ts'
import type { Draft } from '../../oauth/draft.ts'
import type { Problem } from '../../oauth/errors.ts'
import { isObject } from '../../oauth/json.ts'
import { isPublicKey } from '../../runtime/public-key.ts'

/**
 * Asks the platform whether each registered key is one: an EC point off its curve passes every check of form and
 * then fails, or leaks, at the first signature (RFC 7518 §6.2.1).
 */
export function checkKeys(draft: Draft<CompleteMetadata>): Draft<CompleteMetadata> {
  const keys = Array.isArray(draft.metadata.jwks?.keys) ? draft.metadata.jwks.keys : []
  const problems = keys.flatMap((key, index): Problem[] =>
    isObject(key) && isPublicKey(key)
      ? []
      : [
          {
            member: 'jwks',
            reason: 'jwks.bad_key',
            message: 'is not a usable public key',
            rule: 'RFC 7518 §6',
            index,
          },
        ],
  )
  return problems.length === 0 ? draft : { ...draft, problems: [...draft.problems, ...problems] }
}

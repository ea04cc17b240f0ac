import { applyDefaults } from '../../oauth/apply-defaults.ts'
import type { CompleteMetadata } from '../../oauth/client-metadata.ts'
import { checkConsistency } from '../../oauth/consistency.ts'
import type { Draft } from '../../oauth/draft.ts'
import type { Problem } from '../../oauth/errors.ts'
import type { JsonObject } from '../../oauth/json.ts'
import { negotiate } from '../../oauth/negotiate.ts'
import { parseClientMetadata } from '../../oauth/parse-metadata.ts'
import type { RegistrationDeps } from '../deps.ts'
import { checkKeys } from './check-keys.ts'

/**
 * From what was asked to what is granted, the same for a creation and an update: parse, hold against what the server
 * can do, defaults, keys, consistency over the final metadata (which throws every problem at once), and last the
 * authorization server's own word. `found`: problems that the verb itself has with the request.
 */
export async function judgeMetadata(
  body: JsonObject,
  deps: Pick<RegistrationDeps, 'capabilities' | 'checkServable'>,
  found: readonly Problem[] = [],
): Promise<Draft<CompleteMetadata>> {
  const parsed = parseClientMetadata(body, found)
  const negotiated = negotiate(parsed, deps.capabilities)
  const complete = applyDefaults(negotiated, deps.capabilities)
  const judged = checkKeys(complete)
  checkConsistency(judged)
  await deps.checkServable(judged.metadata)
  return judged
}

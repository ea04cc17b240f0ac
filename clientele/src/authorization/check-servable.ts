import { errors, type Provider } from 'oidc-provider'
import type { Capabilities } from '../oauth/capabilities.ts'
import type { CompleteMetadata } from '../oauth/client-metadata.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { JsonObject } from '../oauth/json.ts'
import { createBoundedCache } from './bounded-cache.ts'
import { ENFORCED, projectCandidate, projectMetadata } from './client-projection.ts'

/** Verdicts that are kept, and the longest projection that is worth keeping one for (one with keys is never seen again). */
const VERDICTS = 1024
const LONGEST_KEY = 2048

type Validate = (metadata: JsonObject) => Promise<void>

/**
 * Whether the engine could serve such a client: registration asks, so that nothing is stored that fails at its first use.
 * Registrations of one program differ in little that the engine looks at, so good verdicts are remembered.
 */
export function createCheckServable(
  currentProvider: () => Provider,
  capabilities: Capabilities,
): (metadata: CompleteMetadata) => Promise<void> | void {
  const servable = createBoundedCache<true>(VERDICTS)
  return (metadata) => {
    const key = verdictKey(metadata)
    if (servable.get(key)) return
    const projected = projectMetadata(metadata, capabilities)
    const { validate } = currentProvider().Client as unknown as { validate: Validate }
    return validate.call(currentProvider().Client, projectCandidate(projected)).then(() => {
      // What a document elsewhere said holds for this once only.
      if (key.length <= LONGEST_KEY && metadata.sector_identifier_uri === undefined) servable.set(key, true)
    }, refuse)
  }
}

/** What the engine looks at in every client. */
const JUDGED = ENFORCED.filter((member) => !member.endsWith('redirect_uris'))

/**
 * What a verdict depends on. Programs register a redirect URI of their own each time (a free loopback port), and the engine
 * judges them no more (`client-rules.ts`): it asks whether there are any, and of pairwise clients for their hosts.
 */
function verdictKey(metadata: CompleteMetadata): string {
  const { redirect_uris, subject_type, scope } = metadata
  const redirects = subject_type === 'pairwise' ? redirect_uris : redirect_uris.length > 0
  return JSON.stringify([redirects, scope, JUDGED.map((member) => metadata[member])])
}

function refuse(error: unknown): never {
  if (!(error instanceof errors.InvalidClientMetadata)) throw error
  const description = error.error_description ?? 'this combination of members'
  // The engine's sentences begin with the member's name.
  const member = /^[a-z_]+(?= )/.exec(description)?.[0] ?? 'client_metadata'
  const problem = { member, reason: 'metadata.not_servable', message: description, rule: 'RFC 7591 §2' }
  throw new OAuthError(
    'invalid_client_metadata',
    problem.reason,
    `the authorization server cannot serve such a client: ${description}`,
    { problems: [problem], cause: error },
  )
}

/** `[token_endpoint_auth_methods]`: how a client may authenticate (RFC 7591 §2). */
import { z } from 'zod'
import type { ClientMetadata, CompleteMetadata } from '../../oauth/client-metadata.ts'
import { usableValues } from '../../oauth/usable-values.ts'
import type { Decision, Facts, Rule } from '../policy.ts'
import { defineSection, type SectionFault } from '../section.ts'
import { amend, inWords, refuse } from './decide.ts'
import { narrowOffer } from './narrow-offer.ts'

const MEMBER = 'token_endpoint_auth_method'
const LIST = 'token_endpoint_auth_methods_supported'
/** RFC 7591 §2. */
const STANDARD = 'client_secret_basic'

const method = z.string().min(1).max(256)

const schema = z
  .strictObject({
    allowed: z.array(method).max(20).optional().meta({
      description: 'The methods that a client may register. Without it, all that this server supports.',
      allowed: 'a list of methods',
    }),
    default: method.optional().meta({
      description: 'The method of a client that names and offers none, instead of client_secret_basic.',
      allowed: 'a method',
    }),
    force: method.optional().meta({
      description: 'The method of every client, whatever it asks for.',
      allowed: 'a method',
    }),
    choose: z.enum(['offered', 'any']).default('offered').meta({
      description:
        'What may stand in the place of a method that is not allowed: only one that the client offered beside it, or any; then the strongest that the client can use.',
      allowed: '"offered" or "any"',
    }),
  })
  .meta({ description: 'How a client may authenticate at the token endpoint (RFC 7591 §2).' })

export const tokenEndpointAuthMethods = defineSection({
  key: 'token_endpoint_auth_methods',
  schema,
  compile({ allowed, default: standard, force, choose }) {
    const asked: Rule<ClientMetadata>[] = []
    const granted: Rule<CompleteMetadata>[] = []
    if (force !== undefined) {
      const because = 'is set by this server'
      asked.push({
        name: `${LISTED}.force`,
        // A list beside the method would be chosen from.
        decide: () => [amend(LIST, 'dropped', undefined, because), amend(MEMBER, 'forced', force, because)],
      })
      granted.push({ name: `${LISTED}.force`, decide: () => [amend(MEMBER, 'forced', force, because)] })
    }
    if (standard !== undefined) {
      const because = 'is what a client gets here that names none'
      asked.push({
        name: `${LISTED}.default`,
        decide: (metadata) => (isSilent(metadata) ? [amend(MEMBER, 'default', standard, because)] : []),
      })
    }
    if (allowed !== undefined) {
      const name = `${LISTED}.allowed`
      const because = `must be one of: ${inWords(allowed)}`
      asked.push({
        name,
        decide: (metadata, facts) => chooseMethod(metadata, facts, allowed, choose, because),
      })
      granted.push({
        name,
        decide: (metadata) =>
          allowed.includes(metadata[MEMBER]) ? [] : [refuse(MEMBER, 'allowed', because)],
      })
    }
    return { asked, granted }
  },
  findFaults({ allowed, default: standard, force }, { capabilities }) {
    const faults: SectionFault[] = []
    for (const value of allowed ?? []) {
      if (capabilities.authMethods.includes(value)) continue
      const message = `${value} is not supported by this server, and never granted`
      faults.push({ severity: 'warning', path: 'allowed', message })
    }
    if (allowed && !allowed.some((value) => capabilities.authMethods.includes(value))) {
      faults.push({ severity: 'error', path: 'allowed', message: 'has none that this server supports' })
    }
    for (const [path, value] of Object.entries({ default: standard, force })) {
      if (value === undefined) continue
      const message = !capabilities.authMethods.includes(value)
        ? `${value} is not supported by this server`
        : `${value} is not among the allowed ones`
      if (!capabilities.authMethods.includes(value) || (allowed && !allowed.includes(value))) {
        faults.push({ severity: 'error', path, message })
      }
    }
    return faults
  },
})

const LISTED = 'token_endpoint_auth_methods'

function isSilent(metadata: ClientMetadata): boolean {
  return metadata[MEMBER] === undefined && metadata[LIST] === undefined
}

/** A method is never chosen that the client did not offer, unless the policy says so. */
function chooseMethod(
  metadata: ClientMetadata,
  facts: Facts,
  allowed: readonly string[],
  choose: 'offered' | 'any',
  because: string,
): readonly Decision[] {
  const isAllowed = (value: string) => allowed.includes(value)
  const offered = (metadata[LIST] as readonly string[] | undefined) ?? [metadata[MEMBER] ?? STANDARD]
  if (offered.some(isAllowed) || choose === 'offered') {
    return narrowOffer(MEMBER, isAllowed, because, metadata, facts)
  }
  const [strongest] = usableValues(MEMBER, allowed, metadata, facts.capabilities)
  if (strongest === undefined) return []
  return [amend(LIST, 'dropped', undefined, because), amend(MEMBER, 'chosen', strongest, because)]
}

/** What becomes of the algorithms of one kind, named, offered or left out. */
import type { ClientMetadata, CompleteMetadata } from '../../oauth/client-metadata.ts'
import { METADATA_FIELDS } from '../../oauth/metadata-fields.ts'
import { counterpartOf } from '../../oauth/settle-offers.ts'
import { usableValues } from '../../oauth/usable-values.ts'
import type { Decision, Facts } from '../policy.ts'
import { amend, inWords, refuse } from './decide.ts'
import { narrowOffer } from './narrow-offer.ts'

export interface AlgorithmRule {
  readonly members: readonly string[]
  isAllowed(value: string): boolean
  readonly because: string
  readonly choose: 'offered' | 'any'
}

const ID_TOKEN = 'id_token_signed_response_alg'
const ASSERTION = 'token_endpoint_auth_signing_alg'
const REQUEST_OBJECT = 'request_object_signing_alg'

/** Before the standard's defaults: offers are narrowed, and a default that is not allowed does not come to stand. */
export function decideAsked(
  rule: AlgorithmRule,
  metadata: ClientMetadata,
  facts: Facts,
): readonly Decision[] {
  return rule.members.flatMap((member) => {
    const narrowed = narrowOffer(member, rule.isAllowed, rule.because, metadata, facts)
    // One that offers a list to choose from has said what it can do.
    const list = counterpartOf(member)
    const isSilent = metadata[member] === undefined && (list === undefined || metadata[list] === undefined)
    if (narrowed.length > 0 || !isSilent) return narrowed
    const standard = standardOf(member, metadata)
    if (standard === undefined || rule.isAllowed(standard)) return []
    const [strongest] = choices(member, rule, metadata, facts)
    return strongest === undefined ? [] : [amend(member, 'default', strongest, rule.because)]
  })
}

/** Over the result: what is named, and what is left out where leaving it out would mean any algorithm. */
export function decideGranted(
  rule: AlgorithmRule,
  metadata: CompleteMetadata,
  facts: Facts,
): readonly Decision[] {
  return rule.members.flatMap((member) => {
    const value = metadata[member] as string | undefined
    if (value === undefined) return decideAbsent(member, rule, metadata, facts)
    if (rule.isAllowed(value)) return []
    const [strongest] = rule.choose === 'any' ? choices(member, rule, metadata, facts) : []
    if (strongest === undefined) return [refuse(member, 'allowed', rule.because)]
    return [amend(member, 'chosen', strongest, rule.because)]
  })
}

/** Left out, these two mean "any that this server supports": a floor that is escaped by silence is none. */
function decideAbsent(
  member: string,
  rule: AlgorithmRule,
  metadata: CompleteMetadata,
  facts: Facts,
): readonly Decision[] {
  const isAssertion = member === ASSERTION && metadata.token_endpoint_auth_method.endsWith('_jwt')
  const isRequestObject = member === REQUEST_OBJECT && (metadata.jwks ?? metadata.jwks_uri) !== undefined
  if (!isAssertion && !isRequestObject) return []
  const possible = usableValues(member, supported(member, facts), metadata, facts.capabilities)
  if (possible.every(rule.isAllowed)) return []
  const [strongest, ...others] = possible.filter(rule.isAllowed)
  if (isAssertion) {
    if (strongest === undefined) return [refuse(member, 'allowed', rule.because)]
    // Which keys stand behind the address is not known, and the wrong guess would lock the client out.
    if (metadata.jwks_uri !== undefined && others.length > 0) {
      const message = `must be named: one of ${inWords([strongest, ...others])}`
      return [refuse(member, 'required', message)]
    }
    return [amend(member, 'default', strongest, rule.because)]
  }
  // A client without a fitting key cannot sign request objects then, which is what the policy asks for.
  const standing = strongest ?? supported(member, facts).find(rule.isAllowed)
  return standing === undefined
    ? [refuse(member, 'allowed', rule.because)]
    : [amend(member, 'default', standing, rule.because)]
}

/** What the standard would put in its place (OIDC Registration §2). */
function standardOf(member: string, metadata: ClientMetadata): string | undefined {
  if (member === ID_TOKEN) return 'RS256'
  const isEncrypted = member.endsWith('_enc') && metadata[member.replace(/_enc$/, '_alg')] !== undefined
  return isEncrypted ? 'A128CBC-HS256' : undefined
}

function choices(
  member: string,
  rule: AlgorithmRule,
  metadata: ClientMetadata,
  facts: Facts,
): readonly string[] {
  return usableValues(member, supported(member, facts).filter(rule.isAllowed), metadata, facts.capabilities)
}

function supported(member: string, { capabilities }: Facts): readonly string[] {
  return capabilities[METADATA_FIELDS.get(member)!.oneOf!]
}

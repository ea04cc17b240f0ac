import type { Capabilities } from './capabilities.ts'
import type { ClientMetadata } from './client-metadata.ts'
import type { Problem } from './errors.ts'
import type { JsonValue } from './json.ts'
import { METADATA_FIELDS, type MetadataField } from './metadata-fields.ts'
import { usableValues } from './usable-values.ts'

/** The lists that a client may offer (OpenID Connect RP Metadata Choices 1.0 §2), in the order in which they are settled. */
export const OFFERS: readonly (MetadataField & { readonly offers: string })[] = [...METADATA_FIELDS.values()]
  .filter((field) => field.offers !== undefined)
  .map((field) => ({ ...field, offers: field.offers! }))

/** The list that belongs to a single-valued member, or the member that belongs to a list. */
export function counterpartOf(member: string): string | undefined {
  return METADATA_FIELDS.get(member)?.offers ?? OFFERS.find(({ offers }) => offers === member)?.name
}

/**
 * Puts one value in the place of each list that a client offers: the strongest that this server supports and the client can
 * use (RP Metadata Choices 1.0 §2, §4: the lists are never returned, the choice is). A list says what a client could do,
 * not that it wants it: signed or encrypted responses and a fixed algorithm for request objects are not switched on by it.
 */
export function settleOffers(
  metadata: ClientMetadata,
  capabilities: Capabilities,
): { readonly metadata: ClientMetadata; readonly problems: readonly Problem[] } {
  if (!OFFERS.some(({ name }) => metadata[name] !== undefined)) return { metadata, problems: [] }
  const settled: Record<string, JsonValue> = { ...(metadata as Record<string, JsonValue>) }
  const problems: Problem[] = []
  for (const { name, offers: member, source: rule } of OFFERS) {
    const offered = settled[name] as readonly string[] | undefined
    if (offered === undefined) continue
    delete settled[name]
    const named = settled[member] as string | undefined
    if (named !== undefined && !offered.includes(named)) {
      delete settled[member]
      problems.push({ member, reason: `${member}.not_offered`, message: `must be in ${name}`, rule })
    } else if (isWanted(member, settled)) {
      const [strongest] = usableValues(member, offered, settled, capabilities)
      delete settled[member]
      if (strongest !== undefined) settled[member] = strongest
      else problems.push(noneOf(name, member, capabilities, rule))
    }
  }
  return { metadata: settled, problems }
}

/** Whether a value would be registered at all: the client named one, or everybody has one. */
export function isWanted(member: string, metadata: ClientMetadata): boolean {
  if (metadata[member] !== undefined) return true
  if (ALWAYS.includes(member)) return true
  if (member === 'token_endpoint_auth_signing_alg')
    return metadata.token_endpoint_auth_method?.endsWith('_jwt') ?? false
  return member.endsWith('_enc') && metadata[member.replace(/_enc$/, '_alg')] !== undefined
}

const ALWAYS = ['token_endpoint_auth_method', 'subject_type', 'id_token_signed_response_alg']

function noneOf(list: string, member: string, capabilities: Capabilities, rule: string): Problem {
  const known = capabilities[METADATA_FIELDS.get(member)!.oneOf!].join(', ')
  const message = `this client can use none of these with this server; supported: ${known}`
  return { member: list, reason: `${list}.unsupported`, message, rule }
}

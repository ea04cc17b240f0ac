import type { Capabilities } from './capabilities.ts'
import type { ClientMetadata } from './client-metadata.ts'
import type { Draft, DroppedValue } from './draft.ts'
import type { Problem } from './errors.ts'
import type { JsonValue } from './json.ts'
import { memberName } from './member-name.ts'
import { METADATA_FIELDS, type MetadataField } from './metadata-fields.ts'
import type { ParsedMetadata } from './parse-metadata.ts'
import { parseScope } from './scope.ts'
import { settleOffers } from './settle-offers.ts'

/**
 * Holds what was asked against what this server can do. Nothing unsupported is ever echoed: lists are narrowed to
 * their supported values when one is among them, what a client can do without is dropped, the rest is refused
 * (RFC 7591 §2, §3.2.1: the server may replace values and must return what it registered). Of lists that a client offers
 * to choose from, the choice remains.
 */
export function negotiate(
  parsed: ParsedMetadata,
  capabilities: Capabilities,
  fields: ReadonlyMap<string, MetadataField> = METADATA_FIELDS,
): Draft<ClientMetadata> {
  const offers = settleOffers(parsed.metadata, capabilities)
  const metadata: Record<string, JsonValue> = { ...(offers.metadata as Record<string, JsonValue>) }
  const dropped: DroppedValue[] = []
  const problems: Problem[] = [...parsed.problems, ...offers.problems]

  for (const member of Object.keys(metadata)) {
    const value = metadata[member]!
    const field = fields.get(memberName(member))
    if (field === undefined) {
      // Stored when the operator had such a member, who has it no more.
      delete metadata[member]
      dropped.push({ member, value, reason: `${memberName(member)}.unsupported` })
    } else if (field.support === 'drop' || (field.support === 'refuse' && value === false)) {
      delete metadata[member]
      if (value !== false) dropped.push({ member, value, reason: `${field.name}.unsupported` })
    } else if (field.support === 'refuse') {
      delete metadata[member]
      problems.push(unsupported(field, member, field.summary))
    } else if (field.oneOf && !capabilities[field.oneOf].includes(value as string)) {
      delete metadata[member]
      const known = capabilities[field.oneOf].join(', ')
      problems.push(unsupported(field, member, `must be one of: ${known}`))
    }
  }

  narrow('grant_types', (value) => capabilities.grantTypes.includes(value))
  narrow('response_types', (value) => capabilities.responseTypes.some((known) => sameWords(known, value)))
  narrowScope()
  return { requested: parsed.requested ?? parsed.metadata, metadata, dropped, problems }

  function fieldOf(member: 'grant_types' | 'response_types' | 'scope'): MetadataField {
    return fields.get(member)!
  }

  function narrow(member: 'grant_types' | 'response_types', isSupported: (value: string) => boolean): void {
    const asked = metadata[member] as readonly string[] | undefined
    // An empty list is a gate's word that there are none: a client's own counts as left out.
    if (!asked || asked.length === 0) return
    const kept = [...new Set(asked.filter(isSupported))]
    for (const value of new Set(asked)) {
      if (!isSupported(value)) dropped.push({ member, value, reason: `${member}.unsupported` })
    }
    // The word order of a composite response type does not matter (RFC 6749 §3.1.1).
    metadata[member] =
      member === 'response_types'
        ? capabilities.responseTypes.filter((known) => kept.some((value) => sameWords(known, value)))
        : kept
    if (kept.length > 0) return
    delete metadata[member]
    const known = (member === 'grant_types' ? capabilities.grantTypes : capabilities.responseTypes).join(', ')
    problems.push(unsupported(fieldOf(member), member, `none of these is supported; supported: ${known}`))
  }

  function narrowScope(): void {
    // The empty text is a policy's word that there is none: a client's own counts as left out.
    if (typeof metadata.scope !== 'string' || metadata.scope === '') return
    const asked = parseScope(metadata.scope) ?? []
    const kept = asked.filter((value) => capabilities.scopes.includes(value))
    for (const value of asked) {
      if (!kept.includes(value)) dropped.push({ member: 'scope', value, reason: 'scope.unsupported' })
    }
    metadata.scope = kept.join(' ')
    if (kept.length > 0) return
    delete metadata.scope
    // Nothing but blanks names no scope, like the empty text: the default is for both.
    if (asked.length === 0) return
    // Asked for and not granted must not come to mean "everything" later, so it is refused here.
    problems.push(unsupported(fieldOf('scope'), 'scope', 'none of these scope values is supported'))
  }
}

function unsupported(field: MetadataField, member: string, message: string): Problem {
  return { member, reason: `${field.name}.unsupported`, message, rule: field.source }
}

function sameWords(a: string, b: string): boolean {
  return a === b || a.split(' ').sort().join(' ') === b.split(' ').sort().join(' ')
}

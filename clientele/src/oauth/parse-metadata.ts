import { BOUNDS } from './bounds.ts'
import type { ClientMetadata } from './client-metadata.ts'
import type { Problem } from './errors.ts'
import { isOmitted, SHAPES } from './field-shapes.ts'
import type { JsonObject, JsonValue } from './json.ts'
import { METADATA_FIELDS, type MetadataField } from './metadata-fields.ts'

/**
 * What was asked, and what was wrong with it so far. Problems travel along to the last check, so that a client
 * developer reads all of them in one answer; a member with a problem is left out of `metadata`.
 */
export interface ParsedMetadata {
  /** What the client itself asked for, where something was laid over it. */
  readonly requested?: ClientMetadata
  readonly metadata: ClientMetadata
  readonly problems: readonly Problem[]
}

const LANGUAGE_TAG = /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/

/**
 * Reads client metadata out of a request (RFC 7591 §2, §3.1): the shape of every member that has a row in the field
 * table. Unknown members are ignored; null, empty text and empty lists count as left out (RFC 7592 §2.2).
 */
export function parseClientMetadata(
  body: JsonObject,
  found: readonly Problem[] = [],
  fields: ReadonlyMap<string, MetadataField> = METADATA_FIELDS,
): ParsedMetadata {
  const metadata: Record<string, JsonValue> = {}
  const problems: Problem[] = [...found]
  const tagged = new Set<string>()
  for (const member of Object.keys(body)) {
    const value = body[member]
    if (isOmitted(value)) continue
    const hash = member.indexOf('#')
    const field = fields.get(hash === -1 ? member : member.slice(0, hash))
    if (!field) continue
    if (hash !== -1) {
      // A broken tag, or a tag on a member that is not for people, has no effect (RFC 7591 §2.2).
      const tag = member.slice(hash + 1)
      if (!field.taggable || tag.length > BOUNDS.languageTagLength || !LANGUAGE_TAG.test(tag)) continue
      // Tags that differ in case only name one language (BCP 47 §2.1.1): the first stands.
      const folded = `${field.name}#${tag.toLowerCase()}`
      if (tagged.has(folded)) continue
      if (tagged.add(folded).size > BOUNDS.localizedMembers) continue
    }
    const fault = SHAPES[field.shape](value!) ?? field.check?.(value!)
    if (fault) {
      const index = fault.index === undefined ? {} : { index: fault.index }
      problems.push({
        ...problem(member, `${field.name}.${fault.reason}`, fault.message, field.source),
        ...index,
      })
    } else {
      metadata[member] = value!
    }
  }
  if (tagged.size > BOUNDS.localizedMembers) {
    const message = `there are more than ${BOUNDS.localizedMembers} localized members`
    problems.push(
      problem([...tagged].at(-1)!, 'metadata.too_many_languages', message, 'docs/reference/bounds.md'),
    )
  }
  return { metadata, problems }
}

function problem(member: string, reason: string, message: string, rule: string): Problem {
  return { member, reason, message, rule }
}

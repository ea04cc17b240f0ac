import type { ClientMetadata } from './client-metadata.ts'
import type { JsonValue } from './json.ts'
import type { MetadataField } from './metadata-fields.ts'

/** Characters of a term: longer values can be registered, and are not found by. */
const LONGEST = 256

/**
 * What operators find a client by: `member=value` for each searchable member that has a text, number or boolean, and for
 * each such element of a list.
 */
export function findTerms(
  metadata: ClientMetadata,
  fields: ReadonlyMap<string, MetadataField>,
): readonly string[] {
  const terms = new Set<string>()
  for (const { name, searchable } of fields.values()) {
    const value = searchable ? metadata[name] : undefined
    if (value === undefined) continue
    for (const element of Array.isArray(value) ? value : [value]) {
      if (isScalar(element)) terms.add(`${name}=${element}`)
    }
  }
  return [...terms].filter((term) => term.length <= LONGEST)
}

function isScalar(value: JsonValue): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value)
}

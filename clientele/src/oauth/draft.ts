import type { ClientMetadata } from './client-metadata.ts'
import type { Problem } from './errors.ts'
import type { JsonValue } from './json.ts'

/**
 * Metadata on its way from what was asked to what is granted. Every rule takes one and returns a richer one; nothing is
 * mutated, and what was dropped or is wrong travels along.
 */
export interface Draft<Metadata extends ClientMetadata> {
  /** Every member asked for that we know and that is well formed. */
  readonly requested: ClientMetadata
  /** What would be granted. */
  readonly metadata: Metadata
  readonly dropped: readonly DroppedValue[]
  readonly problems: readonly Problem[]
}

/** A value that was asked for and will not be granted. */
export interface DroppedValue {
  readonly member: string
  readonly value: JsonValue
  readonly reason: string
}

/** How rules say what they want: the three kinds of decision, written short. */
import type { DecisionEffect } from '../../clients/client.ts'
import type { JsonValue } from '../../oauth/json.ts'
import type { Amendment, Refusal } from '../policy.ts'

/** A value is put in the place of what stands there; none where `to` is undefined. */
export function amend(
  member: string,
  effect: DecisionEffect,
  to: JsonValue | undefined,
  because: string,
): Amendment {
  return { kind: 'amend', member, effect, to, because }
}

/** The request is refused for this member. */
export function refuse(member: string, reason: string, because: string, index?: number): Refusal {
  return { kind: 'refuse', member, reason, because, ...(index === undefined ? {} : { index }) }
}

/** Values in a sentence; long lists are cut, because a client's developer reads it on one line. */
export function inWords(values: readonly JsonValue[], most = 12): string {
  if (values.length === 0) return 'nothing'
  const shown = values
    .slice(0, most)
    .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
  return values.length > most ? `${shown.join(', ')} and ${values.length - most} more` : shown.join(', ')
}

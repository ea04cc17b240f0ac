/** Rules on a member that is a list of names: `grant_types`, `response_types` (RFC 7591 §2, §2.1). */
import { z } from 'zod'
import type { ClientMetadata, CompleteMetadata } from '../../oauth/client-metadata.ts'
import type { Decision, Rule } from '../policy.ts'
import type { CompiledSection } from '../section.ts'
import { amend, inWords, refuse } from './decide.ts'

type ListMember = 'grant_types' | 'response_types'

const name = z.string().min(1).max(256)

/** The keys that both lists have. */
export function listKeys(what: string) {
  const names = (description: string) =>
    z
      .array(name)
      .max(20)
      .optional()
      .meta({ description, allowed: `a list of ${what}` })
  return {
    allowed: names(`The ${what} that a client may have. Without it, all that this server supports.`),
    required: names(`The ${what} that every client must have.`),
    default: names(`What a client gets that names none, instead of the standard's default.`),
    outside: z
      .enum(['drop', 'reject'])
      .default('drop')
      .meta({
        description: `What happens to ${what} that are not allowed: they go and the answer says so, or the request is refused.`,
        allowed: '"drop" or "reject"',
      }),
    requires: z
      .record(name, z.array(name).min(1).max(20))
      .optional()
      .meta({
        description: `Which ${what} need which others beside them.`,
        allowed: `a table from one to a list, such as { refresh_token = ["authorization_code"] }`,
      }),
    not_together: z
      .array(z.array(name).min(2).max(20))
      .optional()
      .meta({
        description: `Combinations of ${what} that no client may have.`,
        allowed: 'a list of lists of two or more',
      }),
  }
}

export interface ListValue {
  readonly allowed?: readonly string[] | undefined
  readonly required?: readonly string[] | undefined
  readonly default?: readonly string[] | undefined
  readonly force?: readonly string[] | undefined
  readonly outside: 'drop' | 'reject'
  readonly requires?: Readonly<Record<string, readonly string[]>> | undefined
  readonly not_together?: readonly (readonly string[])[] | undefined
}

/** The same text for the same value: the words of a composite response type have no order (RFC 6749 §3.1.1). */
export function normalWords(value: string): string {
  return value.includes(' ') ? value.split(' ').sort().join(' ') : value
}

/** The rules that such a table becomes. */
export function compileList(member: ListMember, table: ListValue): CompiledSection {
  const asked: Rule<ClientMetadata>[] = []
  const granted: Rule<CompleteMetadata>[] = []
  const both = (key: string, decide: (list: readonly string[] | undefined) => readonly Decision[]) => {
    const rule = { name: `${member}.${key}`, decide: (metadata: ClientMetadata) => decide(metadata[member]) }
    asked.push(rule)
    granted.push(rule)
  }
  const judge = (key: string, decide: (list: readonly string[]) => readonly Decision[]) =>
    granted.push({ name: `${member}.${key}`, decide: (metadata) => decide(metadata[member]) })

  const { force, allowed, required, requires, not_together: apart, default: standard } = table
  if (force) both('force', () => [amend(member, 'forced', force, 'is set by this server')])
  if (allowed) {
    judge('allowed', (list) => withinAllowed(member, list, allowed, table.outside))
    asked.push({
      name: `${member}.allowed`,
      // Before the default, which is for who says nothing. What is refused is refused over the result, once.
      decide: (metadata) =>
        withinAllowed(member, metadata[member] ?? [], allowed, table.outside).filter(
          (decision) => decision.kind === 'amend' && !isEmpty(decision.to),
        ),
    })
  }
  if (standard) {
    const because = 'is what a client gets here that names none'
    asked.push({
      name: `${member}.default`,
      decide: (metadata) => (metadata[member] ? [] : [amend(member, 'default', standard, because)]),
    })
  }
  if (requires) judge('requires', (list) => withCompanions(member, list, requires, table.outside))
  if (required) {
    judge('required', (list) =>
      missing(list, required).map((value) => refuse(member, 'required', `must include ${value}`)),
    )
  }
  if (apart) {
    judge('not_together', (list) =>
      apart
        .filter((values) => missing(list, values).length === 0)
        .map((values) => refuse(member, 'not_together', `must not have ${values.join(' and ')} together`)),
    )
  }
  return { asked, granted }
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

function withinAllowed(
  member: ListMember,
  list: readonly string[],
  allowed: readonly string[],
  outside: 'drop' | 'reject',
): readonly Decision[] {
  const known = new Set(allowed.map(normalWords))
  const kept = list.filter((value) => known.has(normalWords(value)))
  if (kept.length === list.length) return []
  const because = `may only have ${inWords(allowed)}`
  if (outside === 'drop') return [amend(member, 'narrowed', kept, because)]
  return list.flatMap((value, index) =>
    kept.includes(value) ? [] : [refuse(member, 'allowed', because, index)],
  )
}

function withCompanions(
  member: ListMember,
  list: readonly string[],
  requires: Readonly<Record<string, readonly string[]>>,
  outside: 'drop' | 'reject',
): readonly Decision[] {
  for (const [value, others] of Object.entries(requires)) {
    if (missing(list, [value]).length > 0) continue
    const lacking = missing(list, others)
    if (lacking.length === 0) continue
    const because = `may have ${value} only beside ${lacking.join(' and ')}`
    if (outside === 'reject') return [refuse(member, 'requires', because)]
    // One at a time: what goes may be what another one needs, and the round is run again.
    return [
      amend(
        member,
        'narrowed',
        list.filter((each) => each !== value),
        because,
      ),
    ]
  }
  return []
}

function missing(list: readonly string[], values: readonly string[]): readonly string[] {
  const there = new Set(list.map(normalWords))
  return values.filter((value) => !there.has(normalWords(value)))
}

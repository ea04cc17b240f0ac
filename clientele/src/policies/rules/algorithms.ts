/** `[algorithms]`: what may sign and encrypt, over every member that names an algorithm (OIDC Registration §2, RFC 9701 §6). */
import { z } from 'zod'
import { METADATA_FIELDS } from '../../oauth/metadata-fields.ts'
import { strengthOf } from '../../oauth/strength.ts'
import type { Rule } from '../policy.ts'
import { type CompileContext, defineSection, type SectionFault } from '../section.ts'
import { decideAsked, decideGranted } from './algorithm-rules.ts'
import { inWords } from './decide.ts'

/** The key of each kind, and what `oauth/strength.ts` calls it. */
const KINDS = {
  signing: 'signing',
  encryption: 'encryption',
  content_encryption: 'contentEncryption',
} as const
type Kind = keyof typeof KINDS

const names = z.array(z.string().min(1).max(64)).max(50).optional()

const schema = z
  .strictObject({
    signing: names.meta({
      description:
        'What may sign ID Tokens, UserInfo and introspection responses, request objects and client assertions.',
      allowed: 'a list of JWS algorithms, such as ["ES256", "PS256"]',
    }),
    encryption: names.meta({
      description: 'What may encrypt the keys of encrypted responses.',
      allowed: 'a list of JWE "alg" algorithms',
    }),
    content_encryption: names.meta({
      description: 'What may encrypt responses.',
      allowed: 'a list of JWE "enc" algorithms',
    }),
    never: names.meta({
      description: 'Algorithms that nothing may use, whatever the lists above say.',
      allowed: 'a list of algorithms, such as ["RS256"]',
    }),
    choose: z.enum(['offered', 'any']).default('offered').meta({
      description:
        'What may stand in the place of an algorithm that is not allowed: only one that the client offered beside it, or any; then the strongest that the client can use.',
      allowed: '"offered" or "any"',
    }),
  })
  .meta({ description: 'Which algorithms may be used for a client, in every member that names one.' })

type Value = z.output<typeof schema>

export const algorithms = defineSection({
  key: 'algorithms',
  schema,
  compile(table) {
    const kinds = kindsOf(table)
    const setting = (kind: Kind) => ({
      members: membersOf(kind),
      isAllowed: isAllowedBy(table, kind),
      because: sentence(table, kind),
      choose: table.choose,
    })
    const named = kinds.map((kind) => ({ name: `algorithms.${nameOf(table, kind)}`, setting: setting(kind) }))
    return {
      asked: named.map(({ name, setting: rule }) => ({
        name,
        decide: (metadata, facts) => decideAsked(rule, metadata, facts),
      })),
      granted: named.map(
        ({ name, setting: rule }): Rule => ({
          name,
          decide: (metadata, facts) => decideGranted(rule, metadata, facts),
        }),
      ),
    }
  },
  findFaults: findAlgorithmFaults,
})

/** The members that name an algorithm of a kind, of those that this server acts by. */
export function membersOf(kind: Kind): readonly string[] {
  return [...METADATA_FIELDS.values()]
    .filter(({ name, oneOf }) => oneOf !== undefined && strengthOf(name) === KINDS[kind])
    .map(({ name }) => name)
}

function kindsOf(table: Value): readonly Kind[] {
  const hasFloor = (table.never ?? []).length > 0
  return (Object.keys(KINDS) as Kind[]).filter((kind) => hasFloor || table[kind] !== undefined)
}

function isAllowedBy(table: Value, kind: Kind): (value: string) => boolean {
  const never = new Set(table.never)
  const allowed = table[kind] && new Set(table[kind])
  return (value) => !never.has(value) && (allowed?.has(value) ?? true)
}

function nameOf(table: Value, kind: Kind): string {
  return table[kind] === undefined ? 'never' : kind
}

function sentence(table: Value, kind: Kind): string {
  const allowed = table[kind]?.filter(isAllowedBy(table, kind))
  return allowed ? `must be one of: ${inWords(allowed)}` : `must not be ${inWords(table.never ?? [])}`
}

function findAlgorithmFaults(table: Value, { capabilities }: CompileContext): readonly SectionFault[] {
  const faults: SectionFault[] = []
  const supportedOf = (kind: Kind) =>
    membersOf(kind).flatMap((member) => capabilities[METADATA_FIELDS.get(member)!.oneOf!])
  const all = (Object.keys(KINDS) as Kind[]).flatMap(supportedOf)
  for (const kind of kindsOf(table)) {
    const supported = supportedOf(kind)
    for (const value of table[kind] ?? []) {
      if (supported.includes(value)) continue
      const message = `${value} is not supported by this server, and never granted`
      faults.push({ severity: 'warning', path: kind, message })
    }
    if (!supported.some(isAllowedBy(table, kind))) {
      const message = 'leaves none that this server supports'
      faults.push({ severity: kind === 'signing' ? 'error' : 'warning', path: nameOf(table, kind), message })
    }
  }
  if (
    kindsOf(table).includes('signing') &&
    !capabilities.idTokenSigningAlgs.some(isAllowedBy(table, 'signing'))
  ) {
    const message = `leaves none for ID Tokens; this server signs them with ${inWords(capabilities.idTokenSigningAlgs)}`
    faults.push({ severity: 'error', path: nameOf(table, 'signing'), message })
  }
  for (const value of table.never ?? []) {
    if (all.includes(value)) continue
    faults.push({
      severity: 'warning',
      path: 'never',
      message: `${value} is not supported by this server anyway`,
    })
  }
  return faults
}

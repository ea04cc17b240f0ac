/**
 * `[tokens.<member>]`: how a client's tokens and its end-users' consent behave. In every policy, also in one without the
 * table: there nobody goes without a consent by their own word.
 */
import { z } from 'zod'
import { BUILT_IN } from '../../oauth/capabilities.ts'
import { isOrigin } from '../../oauth/origin.ts'
import { defineSection, type SectionFault } from '../section.ts'
import { findCorsOriginFaults } from './cors-origin-faults.ts'
import { corsOriginsRule } from './cors-origins-rule.ts'
import { TOKEN_CHOICES, type TokenChoice, tokenChoiceRule } from './token-choice-rule.ts'

const onBad = z.enum(['reject', 'drop']).default('reject').meta({
  description:
    'What happens to a value that is not allowed: the request is refused, or the value goes, the default takes its place and the answer says so.',
  allowed: '"reject" or "drop"',
})

function choice<Value extends z.ZodType>(value: Value, member: TokenChoice, allowed: string) {
  return z
    .strictObject({
      allowed: z
        .array(value)
        .min(1)
        .optional()
        .meta({
          description: `The values that a client may have.${(TOKEN_CHOICES[member] as { readonly note?: string }).note ?? ''}`,
          allowed: `a list of ${allowed}`,
        }),
      default: value.optional().meta({ description: 'What a client gets that asks for none.', allowed }),
      force: value.optional().meta({ description: 'What every client gets, whatever it asks for.', allowed }),
      on_bad: onBad,
    })
    .optional()
    .meta({ description: `Values of \`${member}\`.` })
}

const oneOf = (values: readonly string[], member: TokenChoice) =>
  choice(z.enum(values as [string, ...string[]]), member, values.map((value) => `"${value}"`).join(' or '))
const flag = (member: TokenChoice) => choice(z.boolean(), member, 'true or false')

const origin = z.string().refine(isOrigin, { message: 'must be an origin as browsers send it' })
const originGlob = z.string().min(1).max(256)

const schema = z
  .strictObject({
    refresh_token_expiration: oneOf(BUILT_IN.refreshTokenExpirations, 'refresh_token_expiration'),
    refresh_token_usage: oneOf(BUILT_IN.refreshTokenUsages, 'refresh_token_usage'),
    access_token_type: oneOf(BUILT_IN.accessTokenTypes, 'access_token_type'),
    require_consent: flag('require_consent'),
    allow_remember_consent: flag('allow_remember_consent'),
    coordinate_lifetime_with_user_session: flag('coordinate_lifetime_with_user_session'),
    require_pkce: choice(z.literal(true), 'require_pkce', 'true'),
    allowed_cors_origins: z
      .strictObject({
        allowed: z.array(originGlob).optional().meta({
          description:
            'The origins that a client may name; `*` is one label of a host, `**.` one or more. A client that names none has none then.',
          allowed: 'a list of origins with globs, such as "https://*.example.com"',
        }),
        default: z.array(origin).optional().meta({
          description: 'What a client gets that names none.',
          allowed: 'a list of origins',
        }),
        force: z.array(origin).optional().meta({
          description: 'What every client gets; an empty list is no browser at all.',
          allowed: 'a list of origins',
        }),
        max_count: z.int().min(1).max(100).optional().meta({
          description: 'How many a client may name.',
          allowed: 'a whole number from 1 to 100',
        }),
        on_bad: onBad,
      })
      .optional()
      .meta({ description: 'Origins of `allowed_cors_origins`.' }),
  })
  .meta({ description: "How a client's tokens, and its end-users' consent, behave." })

type TokensTable = z.output<typeof schema>

const MEMBERS = Object.keys(TOKEN_CHOICES) as readonly TokenChoice[]

export const tokens = defineSection({
  key: 'tokens',
  schema,
  standing: {},
  compile: (table) => ({
    granted: [
      ...MEMBERS.map((member) => tokenChoiceRule(member, table[member])),
      ...(table.allowed_cors_origins === undefined ? [] : [corsOriginsRule(table.allowed_cors_origins)]),
    ],
  }),
  findFaults: (table) => [
    ...MEMBERS.flatMap((member) => findChoiceFaults(member, table[member])),
    ...findCorsOriginFaults(table.allowed_cors_origins?.allowed ?? []),
  ],
})

function findChoiceFaults(member: TokenChoice, table: TokensTable[TokenChoice]): SectionFault[] {
  if (table === undefined) return []
  const faults: SectionFault[] = []
  const fault = (key: string, message: string, severity: SectionFault['severity'] = 'error') =>
    faults.push({ severity, path: `${member}.${key}`, message })
  const allowed = table.allowed as readonly unknown[] | undefined
  for (const key of ['default', 'force'] as const) {
    if (table[key] !== undefined && allowed?.includes(table[key]) === false)
      fault(key, 'is not among the allowed values')
  }
  if (table.force !== undefined) {
    for (const key of ['allowed', 'default'] as const)
      if (table[key] !== undefined) fault(key, 'never acts, because of force', 'warning')
  }
  return faults
}

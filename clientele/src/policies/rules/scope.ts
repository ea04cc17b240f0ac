import { z } from 'zod'
import { parseScope } from '../../oauth/scope.ts'
import { compileGlob } from '../glob.ts'
import { compilePattern } from '../pattern.ts'
import { patternSchema } from '../pattern-schema.ts'
import { type CompileContext, defineSection, type SectionFault } from '../section.ts'
import { ceilingOf, ceilingRule, defaultRule, noDefaultRule, requiredRule } from './scope-rules.ts'

/**
 * `[scope]`: the ceiling of what a client may ever ask for (RFC 7591 §2, RFC 6749 §3.3). A list that is empty gives nothing,
 * and what is narrowed to nothing is refused: it must not come to mean "the default" or "everything" later.
 */
const value = z
  .string()
  .refine((text) => parseScope(text)?.length === 1, 'is not one scope value (RFC 6749 §3.3)')

const schema = z.strictObject({
  allowed: z.array(value).optional().meta({
    description:
      'The scope values that a client may have; an empty list gives it none. * stands for a part between colons (orders:* is not orders:eu:read), ** for several.',
    allowed: 'a list of scope values or globs',
  }),
  patterns: z.array(patternSchema).optional().meta({
    description: 'Patterns of scope values that a client may have, beside those that are allowed by name.',
    allowed: 'a list of patterns in RE2 syntax, held against the whole value',
  }),
  default: z.array(value).optional().meta({
    description:
      "What a client gets that asks for no scope; an empty list gives it none. Without this, what of the server's own default is allowed.",
    allowed: 'a list of scope values',
  }),
  required: z.array(value).optional().meta({
    description:
      'The scope values that every client must have in the end, asked for or by default; without them it is refused. They are not added.',
    allowed: 'a list of scope values',
  }),
  outside: z.enum(['narrow', 'reject']).optional().meta({
    description:
      'What happens to values that are not allowed. "narrow": they go, and the answer shows what is left. Default: "narrow".',
    allowed: '"narrow" or "reject"',
  }),
})

type ScopeTerms = z.output<typeof schema>

export const scope = defineSection({
  key: 'scope',
  schema: schema.meta({
    description: 'What a client may ever ask for (RFC 7591 §2). A list that is empty gives nothing.',
  }),
  compile: (terms) => {
    const isAllowed = ceilingOf(terms)
    const standard = terms.default
    return {
      asked: standard && standard.length > 0 ? [defaultRule(standard)] : [],
      granted: [
        ...(standard?.length === 0 ? [noDefaultRule] : []),
        ...(isAllowed ? [ceilingRule(isAllowed, terms.outside ?? 'narrow')] : []),
        ...(terms.required?.length ? [requiredRule(terms.required)] : []),
      ],
    }
  },
  findFaults,
})

function findFaults(terms: ScopeTerms, { capabilities }: CompileContext): readonly SectionFault[] {
  const { allowed = [], patterns = [], default: standard, required = [] } = terms
  const faults: SectionFault[] = []
  const add = (severity: SectionFault['severity'], path: string, message: string) =>
    faults.push({ severity, path, message })
  const isAllowed = ceilingOf(terms) ?? (() => true)

  for (const each of allowed) {
    const glob = compileGlob(each, ':')
    if (!capabilities.scopes.some((known) => known === each || (each.includes('*') && glob.matches(known)))) {
      add('warning', 'allowed', `${each} is no scope value of this server: it allows nothing`)
    }
  }
  for (const source of patterns) {
    const pattern = compilePattern(source)
    if (!capabilities.scopes.some((known) => pattern.matches(known)))
      add('warning', 'patterns', `${source} matches no scope value of this server: it allows nothing`)
  }
  const named = { default: standard ?? [], required } as const
  for (const [path, values] of Object.entries(named)) {
    for (const each of values) {
      if (!capabilities.scopes.includes(each)) add('error', path, `${each} is no scope value of this server`)
      else if (!isAllowed(each)) add('error', path, `${each} is not allowed by the same table`)
      else if (capabilities.privilegedScopes.includes(each))
        add(
          path === 'default' ? 'error' : 'warning',
          path,
          `has the privileged scope ${each}, which only a credential gives`,
        )
    }
  }
  if (terms.outside !== undefined && ceilingOf(terms) === undefined)
    add('warning', 'outside', 'never acts: neither allowed nor patterns says what is outside')
  if (standard && required.some((each) => !standard.includes(each))) {
    add('error', 'default', 'lacks required values: a client that names no scope could not be registered')
  }
  return faults
}

import { z } from 'zod'
import type { ClientMetadata } from '../../oauth/client-metadata.ts'
import { parseScope, scopeValues } from '../../oauth/scope.ts'
import { compileGlob } from '../glob.ts'
import { compilePattern } from '../pattern.ts'
import { patternSchema } from '../pattern-schema.ts'
import type { Facts, Rule } from '../policy.ts'
import { type CompileContext, defineSection, type SectionFault } from '../section.ts'
import { amend, refuse } from './decide.ts'

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

/** Whether a value is below the ceiling; undefined where there is none. */
function ceilingOf({ allowed, patterns }: ScopeTerms): ((value: string) => boolean) | undefined {
  if (allowed === undefined && patterns === undefined) return undefined
  const exact = new Set(allowed)
  const globs = (allowed ?? []).filter((each) => each.includes('*')).map((each) => compileGlob(each, ':'))
  const compiled = (patterns ?? []).map(compilePattern)
  return (each) =>
    exact.has(each) || globs.some((glob) => glob.matches(each)) || compiled.some((one) => one.matches(each))
}

function defaultRule(standard: readonly string[]): Rule<ClientMetadata> {
  return {
    name: 'scope.default',
    decide: ({ scope: asked }) =>
      scopeValues(asked).length > 0
        ? []
        : [
            amend(
              'scope',
              'default',
              standard.join(' '),
              'the client named no scope, and this is what such clients get',
            ),
          ],
  }
}

/** In the second round only: before it, an empty scope is the same as none, and gets the server's default. */
const noDefaultRule: Rule = {
  name: 'scope.default',
  decide: ({ scope: granted }, facts) =>
    granted === '' || wasAsked(facts)
      ? []
      : [amend('scope', 'default', '', 'the client named no scope, and such clients get none')],
}

const BELOW_CEILING = 'the client named no scope, and of the standard one this is what it may have'

function ceilingRule(isAllowed: (value: string) => boolean, outside: 'narrow' | 'reject'): Rule {
  const because = 'has values that this client may not have'
  return {
    name: 'scope.allowed',
    decide: ({ scope: granted }, facts) => {
      const values = scopeValues(granted)
      const kept = values.filter(isAllowed)
      if (kept.length === values.length) return []
      // Nobody is refused for the server's own default.
      if (!wasAsked(facts)) return [amend('scope', 'default', kept.join(' '), BELOW_CEILING)]
      if (outside === 'narrow' && kept.length > 0)
        return [amend('scope', 'narrowed', kept.join(' '), because)]
      return [
        refuse('scope', 'outside', kept.length === 0 ? 'has no value that this client may have' : because),
      ]
    },
  }
}

function requiredRule(required: readonly string[]): Rule {
  return {
    name: 'scope.required',
    decide: ({ scope: granted }) => {
      const values = scopeValues(granted)
      return required.every((each) => values.includes(each))
        ? []
        : [refuse('scope', 'required', `must have ${required.join(' ')}`)]
    },
  }
}

/** Whether somebody named a scope: the client, its software statement, or its credential. */
function wasAsked({ requested, fixed, vouched }: Facts): boolean {
  return [requested, fixed, vouched?.metadata].some((said) => scopeValues(said?.scope).length > 0)
}

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
    }
  }
  if (standard && required.some((each) => !standard.includes(each))) {
    add('error', 'default', 'lacks required values: a client that names no scope could not be registered')
  }
  return faults
}

import { z } from 'zod'
import { compilePattern } from '../pattern.ts'
import { patternSchema } from '../pattern-schema.ts'
import type { Rule } from '../policy.ts'
import { defineSection, type SectionFault } from '../section.ts'
import { refuse } from './decide.ts'

/** `[software]`: which software a client must say it is, and who must vouch for it (RFC 7591 §2, §2.3). */
const schema = z.strictObject({
  id_pattern: patternSchema.optional().meta({
    description: 'What software_id must match, where there is one.',
    allowed: 'a pattern in RE2 syntax, held against the whole value',
  }),
  version_pattern: patternSchema.optional().meta({
    description: 'What software_version must match, where there is one.',
    allowed: 'a pattern in RE2 syntax, held against the whole value',
  }),
  required: z.boolean().optional().meta({
    description: 'Whether a client must name software_id and software_version, both.',
    allowed: 'true or false',
  }),
  statement: z.enum(['required', 'optional']).optional().meta({
    description:
      'Whether a software statement of a trusted issuer must vouch for the client. Default: "optional".',
    allowed: '"required" or "optional"',
  }),
  issuers: z.array(z.string().min(1)).optional().meta({
    description:
      'Whose software statements count here, of those whom the server trusts; another one is refused. Without this, all of them.',
    allowed: 'a list of issuers, exactly as they stand in the iss claim',
  }),
})

type SoftwareTerms = z.output<typeof schema>

export const software = defineSection({
  key: 'software',
  schema: schema.meta({
    description: 'Which software a client must say it is, and who must vouch for it (RFC 7591 §2, §2.3).',
  }),
  compile: (terms) => ({ granted: rulesOf(terms) }),
  findFaults: ({ issuers, statement }): readonly SectionFault[] =>
    issuers?.length === 0 && statement === 'required'
      ? [{ severity: 'error', path: 'issuers', message: 'trusts nobody, and a statement is required' }]
      : [],
})

function rulesOf(terms: SoftwareTerms): readonly Rule[] {
  const rules: Rule[] = []
  if (terms.required) {
    const because = 'is required: software_id and software_version go together'
    rules.push({
      name: 'software.required',
      decide: (metadata) =>
        ['software_id', 'software_version']
          .filter((member) => metadata[member] === undefined)
          .map((member) => refuse(member, 'required', because)),
    })
  }
  if (terms.id_pattern !== undefined) rules.push(patternRule('id_pattern', 'software_id', terms.id_pattern))
  if (terms.version_pattern !== undefined) {
    rules.push(patternRule('version_pattern', 'software_version', terms.version_pattern))
  }
  if (terms.statement === 'required') {
    const because = 'is required: somebody whom this server trusts must vouch for the client'
    rules.push({
      name: 'software.statement',
      decide: (_, { vouched }) => (vouched ? [] : [refuse('software_statement', 'required', because)]),
    })
  }
  if (terms.issuers) rules.push(issuerRule(new Set(terms.issuers)))
  return rules
}

function patternRule(key: string, member: string, source: string): Rule {
  const pattern = compilePattern(source)
  const because = 'is not of the form that this server accepts'
  return {
    name: `software.${key}`,
    decide: ({ [member]: value }) =>
      value === undefined || (typeof value === 'string' && pattern.matches(value))
        ? []
        : [refuse(member, 'pattern', because)],
  }
}

function issuerRule(issuers: ReadonlySet<string>): Rule {
  const because = 'is not from an issuer whose word counts here'
  return {
    name: 'software.issuers',
    decide: (_, { vouched }) =>
      !vouched || issuers.has(vouched.issuer) ? [] : [refuse('software_statement', 'issuer', because)],
  }
}

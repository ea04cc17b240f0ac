/** Patterns of a policy that nothing can match, alone or beside each other: whoever must match them could never register. */
import type { MetadataField } from '../oauth/metadata-fields.ts'
import { compilePattern } from './pattern.ts'
import { ANY_TEXT, HTTPS_URL, type Kind, SCOPE_VALUE, startEffort, WEB_URL } from './pattern-kinds.ts'
import { canMatch } from './pattern-reach.ts'
import { type PolicyFault, renderPolicyPath } from './policy-error.ts'
import type { PolicyValue } from './read-policy.ts'

type Path = readonly (string | number)[]
type Fields = ReadonlyMap<string, MetadataField>

/** A pattern, and the member whose values are held against it. */
interface PlacedPattern {
  readonly path: Path
  readonly source: string
  readonly member: string
}

/** The tables that have patterns, as far as they are looked at here. */
interface Tables {
  readonly member?: Readonly<Record<string, { readonly pattern?: string }>>
  readonly uris?: Readonly<Record<string, { readonly pattern?: string; readonly https?: boolean }>>
  readonly software?: { readonly id_pattern?: string; readonly version_pattern?: string }
  readonly scope?: { readonly patterns?: readonly string[] }
}

/** Looks at every pattern of the policy, with one effort for all of them. */
export function findHopelessPatterns(policy: PolicyValue, fields: Fields): readonly PolicyFault[] {
  const tables = policy as Tables
  const effort = startEffort()
  // One that is no pattern at all is said where it is compiled.
  const patterns = patternsIn(tables).filter(({ source }) => isPattern(source))
  const hopeless = patterns.flatMap(({ path, source, member }): PolicyFault[] => {
    const { kind, words } = kindOf(member, tables, fields)
    if (canMatch([source], kind, effort)) return []
    return [{ severity: 'error', path, message: `can match ${words}`, found: JSON.stringify(source) }]
  })
  const apart = patterns.flatMap(({ path, source, member }, index): PolicyFault[] => {
    // Values of scope may match either of the patterns, all others must match all.
    const before = member === 'scope' ? [] : patterns.slice(0, index).filter((each) => each.member === member)
    const { kind } = kindOf(member, tables, fields)
    return before
      .filter((each) => !canMatch([each.source, source], kind, effort))
      .map((each) => ({
        severity: 'error',
        path,
        message: `contradicts ${renderPolicyPath(each.path)}: nothing can match both`,
        found: JSON.stringify(source),
      }))
  })
  const alone = new Set(hopeless.map(({ path }) => JSON.stringify(path)))
  return [...hopeless, ...apart.filter(({ path }) => !alone.has(JSON.stringify(path)))]
}

/** By the tables and keys that the language has: a member of the operator's own may be called `x_pattern`. */
function patternsIn({ member = {}, uris = {}, software = {}, scope = {} }: Tables): readonly PlacedPattern[] {
  const found: PlacedPattern[] = []
  const add = (path: Path, source: string | undefined, of: string) => {
    if (source !== undefined) found.push({ path, source, member: of })
  }
  for (const [name, { pattern }] of Object.entries(member)) add(['member', name, 'pattern'], pattern, name)
  for (const [name, { pattern }] of Object.entries(uris)) add(['uris', name, 'pattern'], pattern, name)
  add(['software', 'id_pattern'], software.id_pattern, 'software_id')
  add(['software', 'version_pattern'], software.version_pattern, 'software_version')
  for (const [index, source] of (scope.patterns ?? []).entries())
    add(['scope', 'patterns', index], source, 'scope')
  return found
}

function isPattern(source: string): boolean {
  try {
    compilePattern(source)
    return true
  } catch {
    return false
  }
}

function kindOf(
  member: string,
  { uris = {} }: Tables,
  fields: Fields,
): { readonly kind: Kind; readonly words: string } {
  const shape = fields.get(member)?.shape
  if (shape === 'scope') return { kind: SCOPE_VALUE, words: 'no scope value' }
  if (shape === 'https-url' || uris[member]?.https === true) return { kind: HTTPS_URL, words: 'no https URL' }
  if (shape === 'web-url' || shape === 'web-urls') return { kind: WEB_URL, words: 'no https or http URL' }
  return { kind: ANY_TEXT, words: 'no text' }
}

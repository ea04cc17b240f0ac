/** Patterns of a policy that nothing can match: whoever must match one could never register. */
import type { MetadataField } from '../oauth/metadata-fields.ts'
import { compilePattern } from './pattern.ts'
import { ANY_TEXT, canMatch, HTTPS_URL, type Kind, SCOPE_VALUE, WEB_URL } from './pattern-reach.ts'
import type { PolicyFault } from './policy-error.ts'
import type { PolicyValue } from './read-policy.ts'

type Path = readonly (string | number)[]

/** Looks at every key of the policy that holds a pattern. */
export function findHopelessPatterns(
  policy: PolicyValue,
  fields: ReadonlyMap<string, MetadataField>,
): readonly PolicyFault[] {
  return [...patternsIn(policy, [])].flatMap(({ path, source }) => {
    const { kind, words } = kindAt(path, policy, fields)
    // One that is no pattern at all is said where it is compiled.
    if (!isPattern(source) || canMatch(source, kind)) return []
    return [{ severity: 'error', path, message: `can match ${words}`, found: JSON.stringify(source) }]
  })
}

function isPattern(source: string): boolean {
  try {
    compilePattern(source)
    return true
  } catch {
    return false
  }
}

/** `pattern`, `patterns`, `id_pattern`: whatever is called so holds patterns. */
function* patternsIn(value: unknown, path: Path): Generator<{ path: Path; source: string }> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, below] of Object.entries(value)) {
    const here = [...path, Array.isArray(value) ? Number(key) : key]
    if (/(^|_)patterns?$/.test(key)) {
      const sources = Array.isArray(below) ? below.entries() : ([[undefined, below]] as const)
      for (const [index, source] of sources) {
        if (typeof source === 'string') yield { path: index === undefined ? here : [...here, index], source }
      }
    } else yield* patternsIn(below, here)
  }
}

function kindAt(
  [table, member]: Path,
  policy: PolicyValue,
  fields: ReadonlyMap<string, MetadataField>,
): { kind: Kind; words: string } {
  if (table === 'scope') return { kind: SCOPE_VALUE, words: 'no scope value' }
  if (table === 'uris' || table === 'member') {
    const { uris } = policy as { uris?: Readonly<Record<string, { https?: boolean }>> }
    const shape = fields.get(String(member))?.shape
    const isHttps = shape === 'https-url' || uris?.[String(member)]?.https === true
    if (isHttps) return { kind: HTTPS_URL, words: 'no https URL' }
    if (shape === 'web-url' || shape === 'web-urls') return { kind: WEB_URL, words: 'no https or http URL' }
    if (shape === 'scope') return { kind: ANY_TEXT, words: 'no scope' }
  }
  return { kind: ANY_TEXT, words: 'no text' }
}

/** What is wrong with `[member.<name>]`, whatever is registered. */
import type { JsonValue } from '../../oauth/json.ts'
import type { MetadataField } from '../../oauth/metadata-fields.ts'
import { negotiate } from '../../oauth/negotiate.ts'
import { parseClientMetadata } from '../../oauth/parse-metadata.ts'
import { scopeValues } from '../../oauth/scope.ts'
import type { CompileContext, SectionFault } from '../section.ts'
import type { MemberRules } from './member-schema.ts'
import { compileValueCheck } from './member-value.ts'

const ARE_LISTS = new Set([
  'texts',
  'scope',
  'web-urls',
  'redirect-uris',
  'post-logout-redirect-uris',
  'origins',
  'json',
])

export function findMemberFaults(
  name: string,
  rules: MemberRules,
  context: CompileContext,
): readonly SectionFault[] {
  const faults: SectionFault[] = []
  const error = (key: string, message: string) =>
    faults.push({ severity: 'error', path: key === '' ? name : `${name}.${key}`, message })
  const warning = (key: string, message: string) =>
    faults.push({ severity: 'warning', path: key === '' ? name : `${name}.${key}`, message })

  const field = context.fields.get(name)
  if (!field) {
    const plain = name.includes('#') ? '; rules on a member hold for its translations too' : ''
    error('', `is no member of client metadata${plain}`)
    return faults
  }
  if (field.support === 'offer') {
    error('', `is a list to choose ${field.offers} from; write the rules for ${field.offers}`)
    return faults
  }
  if (field.support !== 'kept' && field.support !== 'enforced') {
    warning('', 'is not supported by this server, so its rules never act')
  }

  const check = checkOf(rules, field, error)
  for (const key of ['force', 'default'] as const) {
    const value = rules[key]
    if (value === undefined) continue
    for (const message of valueFaults(name, value, context)) error(key, message)
    for (const { because } of check?.(value).faults ?? []) error(key, because)
  }
  for (const value of rules.allowed ?? []) {
    const whole =
      ARE_LISTS.has(field.shape) && field.shape !== 'json' && field.shape !== 'scope' ? [value] : value
    const [message] = valueFaults(name, whole, context)
    if (message !== undefined)
      warning('allowed', `${JSON.stringify(value)} can never be registered: ${message}`)
  }
  if ((rules.min ?? -Infinity) > (rules.max ?? Infinity)) error('min', 'is larger than max')
  if ((rules.min_length ?? 0) > (rules.max_length ?? Infinity))
    error('min_length', 'is larger than max_length')
  if (rules.max_count !== undefined && !ARE_LISTS.has(field.shape))
    warning('max_count', 'never acts: this is no list')
  if (rules.force !== undefined) {
    for (const key of ['default', 'privileged'] as const) {
      if (rules[key] !== undefined && rules[key] !== false) warning(key, 'never acts beside force')
    }
  }
  return faults
}

function checkOf(
  rules: MemberRules,
  field: MetadataField,
  error: (key: string, message: string) => void,
): ReturnType<typeof compileValueCheck> {
  try {
    return compileValueCheck(rules, field)
  } catch (cause) {
    error('pattern', (cause as Error).message)
    const { pattern: _, ...others } = rules
    return compileValueCheck(others, field)
  }
}

/** What the field table and the server have against a value: an operator's mistake is found before a client meets it. */
function valueFaults(
  name: string,
  value: JsonValue,
  { fields, capabilities }: CompileContext,
): readonly string[] {
  const parsed = parseClientMetadata({ [name]: value }, [], fields)
  if (parsed.problems.length > 0) return parsed.problems.map(({ message }) => message)
  if (parsed.metadata[name] === undefined) return ['is empty, which counts as left out']
  const { problems, dropped } = negotiate(parsed, capabilities, fields)
  const privileged = scopeValues(name === 'scope' ? value : undefined).filter((scope) =>
    capabilities.privilegedScopes.includes(scope),
  )
  return [
    ...problems.map(({ message }) => message),
    ...dropped.map(() => 'has a value that this server does not support'),
    ...privileged.map((scope) => `has the privileged scope ${scope}, which only a credential gives`),
  ]
}

/** What the server can do that the clients of a registrar are for (RFC 7591 §3.2.1), and what is wrong with the word for it. */
import { BUILT_IN, type Capabilities } from '../oauth/capabilities.ts'
import type { OptionProblem } from './options-error.ts'

/** Whatever is not given is the built-in server's; scopes by default only as far as there are such. */
export function completeCapabilities(given: Partial<Capabilities> = {}): Capabilities {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  const all: Capabilities = { ...BUILT_IN, ...Object.fromEntries(entries) }
  if (given.defaultScopes !== undefined) return all
  const defaultScopes = all.defaultScopes.filter(
    (scope) => all.scopes.includes(scope) && !all.privilegedScopes.includes(scope),
  )
  return { ...all, defaultScopes }
}

/** Of capabilities that are well formed each: what they contradict one another in. */
export function findContradictions(given: Partial<Capabilities>): readonly OptionProblem[] {
  const { scopes, defaultScopes, privilegedScopes, grantTypes, responseTypes } = completeCapabilities(given)
  const named = (values: readonly string[]) => values.map((value) => `"${value}"`).join(', ')
  const missing = defaultScopes.filter((scope) => !scopes.includes(scope))
  const privileged = defaultScopes.filter((scope) => privilegedScopes.includes(scope))
  const hasNoCode = grantTypes.includes('authorization_code') && !responseTypes.includes('code')
  return [
    ...(missing.length === 0 ? [] : [{ option: DEFAULT, wrong: `has ${named(missing)}, not in scopes` }]),
    ...(privileged.length === 0
      ? []
      : [{ option: DEFAULT, wrong: `has ${named(privileged)}, which is privileged` }]),
    ...(hasNoCode
      ? [
          {
            option: 'capabilities.responseTypes',
            wrong: 'must have code, because grantTypes has authorization_code (RFC 7591 §2.1)',
          },
        ]
      : []),
  ]
}

const DEFAULT = 'capabilities.defaultScopes'

/** Holds a registrar's options against what they may be, for programs whose compiler does not. Every problem at once. */
import { BUILT_IN } from '../oauth/capabilities.ts'
import { isObject } from '../oauth/json.ts'
import { parseScope } from '../oauth/scope.ts'
import { findNearest } from '../runtime/nearest.ts'
import { findEndpointProblem, findIssuerProblem } from './addresses.ts'
import { findContradictions } from './complete-capabilities.ts'
import type { RegistrarOptions } from './options.ts'
import { type OptionProblem, RegistrarOptionsError } from './options-error.ts'

type Options = Readonly<Record<string, unknown>>

interface Kind {
  readonly allowed: string
  readonly is: (value: unknown) => boolean
  readonly isNeeded?: true
}

const isFunction = (value: unknown) => typeof value === 'function'
const isWhole = (value: unknown, least: number, most: number) =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most
const isFilled = (value: unknown) => typeof value === 'string' && value !== ''
const isList = (value: unknown, is: (each: unknown) => boolean) => Array.isArray(value) && value.every(is)
const has = (value: unknown, methods: readonly string[]) =>
  isObject(value) && methods.every((method) => isFunction((value as Options)[method]))

const CLIENT_STORE = ['createClient', 'findClient', 'isClientIdTaken', 'replaceClient', 'deleteClient']
const MOST_SECONDS = 315_360_000

const FUNCTION: Kind = { allowed: 'a function', is: isFunction }
const FLAG: Kind = { allowed: 'true or false', is: (value) => typeof value === 'boolean' }

const isGate = (gate: unknown) =>
  has(gate, ['recognizes', 'admit']) && isFilled((gate as { readonly name?: unknown }).name)

const OPTIONS: Readonly<Record<keyof RegistrarOptions, Kind>> = {
  issuer: { isNeeded: true, allowed: 'an https address', is: (value) => typeof value === 'string' },
  store: {
    isNeeded: true,
    allowed: 'a store: one of clientele/stores, or an object with the methods of ClientStore',
    is: (value) => has(value, CLIENT_STORE),
  },
  gates: {
    isNeeded: true,
    allowed: 'a list of one or more gates: clientele/gates has them, and openGate() lets everybody register',
    is: (value) => Array.isArray(value) && value.length > 0 && value.every(isGate),
  },
  sealingKey: {
    isNeeded: true,
    allowed: '32 random bytes, as a Uint8Array',
    is: (value) => value instanceof Uint8Array && value.length === 32,
  },
  registrationEndpoint: {
    allowed: 'an https address, or a path that begins with /',
    is: (value) => typeof value === 'string',
  },
  policies: {
    allowed: 'a list of policies: definePolicy of clientele/policies makes one',
    is: (value) => Array.isArray(value) && value.every(isObject),
  },
  defaultPolicy: { allowed: 'the name of a policy', is: (value) => typeof value === 'string' },
  customMembers: {
    allowed: 'what defineCustomMembers of clientele/custom-members made',
    is: (value) => isObject(value) && (value as Options).fields instanceof Map,
  },
  capabilities: { allowed: 'an object with some of the capabilities', is: isObject },
  statements: { allowed: 'a statement verifier', is: (value) => has(value, ['verify', 'replayMark']) },
  generators: { allowed: 'an object with clientId, clientSecret or both', is: isObject },
  checkServable: FUNCTION,
  checkEveryRequest: FUNCTION,
  limits: { allowed: 'an object with bodyBytes, failures or attempts', is: isObject },
  clientSecretLifetimeSeconds: {
    allowed: `whole seconds from 0 to ${MOST_SECONDS}`,
    is: (value) => isWhole(value, 0, MOST_SECONDS),
  },
  ignoreForeignBearer: FLAG,
  allowInsecureIssuer: FLAG,
  instance: { allowed: 'a whole number from 0 to 255', is: (value) => isWhole(value, 0, 255) },
  clock: { allowed: 'an object with the method milliseconds', is: (value) => has(value, ['milliseconds']) },
  onEvent: FUNCTION,
  onFault: FUNCTION,
}

const LIFETIMES: Kind = {
  allowed: `whole seconds from 1 to ${MOST_SECONDS} for each of ${Object.keys(BUILT_IN.lifetimes).join(', ')}`,
  is: (value) =>
    isObject(value) &&
    Object.keys(BUILT_IN.lifetimes).every((name) => isWhole((value as Options)[name], 1, MOST_SECONDS)),
}

const CAPABILITIES: Readonly<Record<string, Kind>> = Object.fromEntries(
  (Object.keys(BUILT_IN) as (keyof typeof BUILT_IN)[]).map((name) => [name, kindOf(name)]),
)

function kindOf(name: keyof typeof BUILT_IN): Kind {
  if (name === 'lifetimes') return LIFETIMES
  if (name === 'scopes' || name === 'defaultScopes' || name === 'privilegedScopes')
    return { allowed: 'a list of scope values (RFC 6749 §3.3)', is: (value) => isList(value, isScope) }
  // Where none is meant, the standard's default would be granted nevertheless.
  if (name === 'grantTypes' || name === 'authMethods')
    return {
      allowed: 'a list of one or more texts',
      is: (value) => isList(value, isFilled) && (value as readonly unknown[]).length > 0,
    }
  return { allowed: 'a list of texts', is: (value) => isList(value, isFilled) }
}

const GENERATORS: Readonly<Record<string, Kind>> = { clientId: FUNCTION, clientSecret: FUNCTION }

const LIMITS: Readonly<Record<string, Kind>> = {
  bodyBytes: {
    allowed: 'whole bytes from 1024 to 1048576',
    is: (value) => isWhole(value, 1024, 1_048_576),
  },
  failures: {
    allowed: '{ perAddress, windowSeconds } in whole numbers from 1, or false',
    is: (value) =>
      value === false ||
      (isObject(value) &&
        isWhole((value as Options).perAddress, 1, 100_000) &&
        isWhole((value as Options).windowSeconds, 1, 86_400)),
  },
  attempts: { allowed: 'an AttemptLimit', is: (value) => has(value, ['attempt', 'attemptGuess', 'failed']) },
}

const isScope = (value: unknown) => typeof value === 'string' && parseScope(value)?.[0] === value

/** Throws a `RegistrarOptionsError`. */
export function checkOptions(options: RegistrarOptions): void {
  if (!isObject(options))
    throw new RegistrarOptionsError([{ option: 'the argument', wrong: 'must be an object' }])
  const { issuer, registrationEndpoint, allowInsecureIssuer = false } = options
  const problems = [
    ...findProblems('', options as unknown as Options, OPTIONS),
    ...findProblems('capabilities.', options.capabilities, CAPABILITIES),
    ...findProblems('generators.', options.generators, GENERATORS),
    ...findProblems('limits.', options.limits, LIMITS),
  ]
  const { capabilities } = options
  if (capabilities && !problems.some(({ option }) => option.startsWith('capabilities')))
    problems.push(...findContradictions(capabilities))
  if (typeof issuer === 'string') problems.push(...findIssuerProblem(issuer, allowInsecureIssuer))
  if (typeof registrationEndpoint === 'string')
    problems.push(...findEndpointProblem(registrationEndpoint, issuer, allowInsecureIssuer))
  if (problems.length > 0) throw new RegistrarOptionsError(problems)
}

function findProblems(
  before: string,
  values: unknown,
  kinds: Readonly<Record<string, Kind>>,
): OptionProblem[] {
  if (!isObject(values)) return []
  const given = values as Options
  const names = Object.keys(kinds)
  const unknown = Object.keys(given)
    .filter((name) => !Object.hasOwn(kinds, name))
    .map((name) => {
      const nearest = findNearest(name, names)
      const problem = { option: before + name, wrong: 'is not known' }
      return nearest === undefined ? problem : { ...problem, nearest }
    })
  const wrong = names.flatMap((name): OptionProblem[] => {
    const { allowed, is, isNeeded } = kinds[name]!
    const option = before + name
    if (given[name] === undefined) return isNeeded ? [{ option, wrong: 'is missing', allowed }] : []
    return is(given[name]) ? [] : [{ option, wrong: 'cannot be used', allowed }]
  })
  return [...unknown, ...wrong]
}

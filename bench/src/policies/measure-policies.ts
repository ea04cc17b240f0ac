/** What a policy costs a registration: its rules alone, the judging with and without it, and a whole registration. */
import type { ClientRecord } from '../../../clientele/src/clients/client.ts'
import { openGate } from '../../../clientele/src/gates/open.ts'
import { applyDefaults } from '../../../clientele/src/oauth/apply-defaults.ts'
import { BUILT_IN } from '../../../clientele/src/oauth/capabilities.ts'
import { METADATA_FIELDS } from '../../../clientele/src/oauth/metadata-fields.ts'
import { negotiate } from '../../../clientele/src/oauth/negotiate.ts'
import { parseClientMetadata } from '../../../clientele/src/oauth/parse-metadata.ts'
import { applyRules } from '../../../clientele/src/policies/apply-rules.ts'
import { compilePolicy } from '../../../clientele/src/policies/compile-policy.ts'
import { createPolicies } from '../../../clientele/src/policies/create-policies.ts'
import type { Policy } from '../../../clientele/src/policies/policy.ts'
import { defaultPolicy } from '../../../clientele/src/policies/presets/default.ts'
import type { RegistrationDeps } from '../../../clientele/src/registration/deps.ts'
import { register } from '../../../clientele/src/registration/register.ts'
import { judgeByPolicy } from '../../../clientele/src/registration/steps/judge-by-policy.ts'
import { factsOf } from '../../../clientele/src/registration/steps/judge-metadata.ts'
import { unlimitedAttempts } from '../../../clientele/src/runtime/attempt-limit.ts'
import { systemClock } from '../../../clientele/src/runtime/clock.ts'
import { createSealer } from '../../../clientele/src/runtime/sealer.ts'
import { createKeys } from '../../../clientele/src/runtime/time-ordered.ts'
import type { ClientStore } from '../../../clientele/src/stores/store.ts'
import { type Timed, type Timing, timeAll } from './timing.ts'
import { TWO_HUNDRED_RULES } from './two-hundred-rules.ts'

/** A web application, as its developer would register it. */
const TYPICAL = {
  redirect_uris: ['https://client.example/callback', 'https://app.client.example/app/callback'],
  client_name: 'A typical client',
  'client_name#de': 'Ein gewöhnlicher Client',
  client_uri: 'https://client.example/',
  logo_uri: 'https://client.example/logo.png',
  policy_uri: 'https://client.example/policy',
  tos_uri: 'https://client.example/tos',
  contacts: ['ops@client.example'],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'client_secret_basic',
  scope: 'openid profile email offline_access',
  software_id: 'example.notes',
  software_version: '3.1',
  post_logout_redirect_uris: ['https://client.example/bye'],
}
/** The same, with what such a policy changes: a redirect URI too many, a lifetime too long, an algorithm that is not offered. */
const AMENDED = {
  ...TYPICAL,
  redirect_uris: [...TYPICAL.redirect_uris, 'https://elsewhere.example/callback'],
  access_token_lifetime: 7200,
  dpop_bound_access_tokens: true,
}

export interface PolicyFigures {
  readonly timings: readonly Timing[]
  /** The rules of the large policy, both rounds. */
  readonly rules: number
  /** Judging, and a registration, under the default policy to one without rules. */
  readonly judging: number
  readonly registration: number
  readonly targets: readonly PolicyTarget[]
}

export interface PolicyTarget {
  readonly what: string
  /** Microseconds. */
  readonly most: number
  readonly measured: number
}

const context = {
  capabilities: BUILT_IN,
  fields: METADATA_FIELDS,
  known: { own: new Map(), presets: new Map() },
}
const standard = compilePolicy(defaultPolicy, context)
const large = compilePolicy(TWO_HUNDRED_RULES, context)
const NONE: Policy = { ...standard, askedRules: [], grantedRules: [] }

const caller = { gate: 'open' }
const situation = { caller, permissions: [], address: '192.0.2.1' } as const

export async function measurePolicies(calls: number): Promise<PolicyFigures> {
  const timed = [
    { what: 'the default policy: chosen, and its rules', prepare: rulesOf(standard, TYPICAL) },
    { what: 'two hundred rules: chosen, and its rules', prepare: rulesOf(large, TYPICAL) },
    { what: 'judging without rules', prepare: judging(NONE, TYPICAL) },
    { what: 'judging under the default policy', prepare: judging(standard, TYPICAL) },
    { what: 'judging under two hundred rules', prepare: judging(large, TYPICAL) },
    { what: 'judging under two hundred rules that change three members', prepare: judging(large, AMENDED) },
    { what: 'a registration without rules, nothing stored', prepare: registering(NONE) },
    { what: 'a registration under the default policy, nothing stored', prepare: registering(standard) },
  ] as const satisfies readonly Timed[]
  const timings = await timeAll(timed, calls)
  const medianOf = (what: (typeof timed)[number]['what']) =>
    timings.find((each) => each.what === what)!.median
  return {
    timings,
    rules: large.askedRules.length + large.grantedRules.length,
    judging: medianOf('judging under the default policy') / medianOf('judging without rules'),
    registration:
      medianOf('a registration under the default policy, nothing stored') /
      medianOf('a registration without rules, nothing stored'),
    targets: [
      {
        what: 'the default policy',
        most: 50,
        measured: medianOf('the default policy: chosen, and its rules'),
      },
      {
        what: 'two hundred rules',
        most: 1000,
        measured: medianOf('two hundred rules: chosen, and its rules'),
      },
    ],
  }
}

let made = 0
/** The same request with another name, in memory of its own. */
function another(body: typeof TYPICAL): typeof TYPICAL {
  return { ...structuredClone(body), client_name: `A typical client ${made++}` }
}

/** The policy alone: which one governs, and both of its rounds. */
function rulesOf(policy: Policy, body: typeof TYPICAL): Timed['prepare'] {
  const policies = createPolicies([policy], standard)
  const deps = { capabilities: BUILT_IN, clock: systemClock }
  return () => {
    const parsed = parseClientMetadata(another(body))
    const facts = factsOf(parsed, { ...situation, operation: 'register' }, deps)
    const { metadata } = applyDefaults(negotiate(parsed, BUILT_IN), BUILT_IN)
    return async () => {
      const chosen = policies.choose(undefined, { ...situation, claimed: parsed.metadata })
      const setting = { policy: chosen, facts }
      await applyRules(chosen.askedRules, parsed.metadata, setting)
      const { problems } = await applyRules(chosen.grantedRules, metadata, setting)
      if (chosen !== policy || problems.length > 0) throw new Error('the request does not suit the policy')
    }
  }
}

/** From what was parsed to what is granted, the standard's part included. */
function judging(policy: Policy, body: typeof TYPICAL): Timed['prepare'] {
  const deps = { capabilities: BUILT_IN, fields: METADATA_FIELDS }
  return () => {
    const parsed = parseClientMetadata(another(body))
    const facts = factsOf(parsed, { ...situation, operation: 'register' }, { ...deps, clock: systemClock })
    return async () => {
      const { problems } = await judgeByPolicy(parsed, facts, policy, deps)
      if (problems.length > 0) throw new Error(`refused: ${JSON.stringify(problems)}`)
    }
  }
}

/** The verb, with a store that keeps nothing: a real one costs the same under every policy. */
function registering(policy: Policy): Timed['prepare'] {
  const store = { createClient: async (_: ClientRecord) => 'created' } as unknown as ClientStore
  const deps: RegistrationDeps = {
    gates: [openGate()],
    attempts: unlimitedAttempts,
    ignoreForeignBearer: false,
    capabilities: BUILT_IN,
    policies: createPolicies([], policy),
    fields: METADATA_FIELDS,
    store,
    clock: systemClock,
    keys: createKeys(systemClock),
    sealer: createSealer(Buffer.alloc(32, 7)),
    checkServable: () => {},
    clientSecretLifetimeSeconds: 0,
  }
  const presented = { operation: 'register', credentials: { kind: 'none' }, address: '192.0.2.1' } as const
  return () => {
    const body = another(TYPICAL)
    return () => register({ presented, metadata: async () => body }, deps)
  }
}

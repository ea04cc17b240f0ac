/** Who might ask: an admission as a gate would give it, for a request that is only thought through. */
import type { Caller } from '../clients/client.ts'
import { GATE_NAMES } from '../clients/gate-names.ts'
import type { Permission } from '../clients/permission.ts'
import type { JsonObject } from '../oauth/json.ts'
import type { RegistrationDeps } from '../registration/deps.ts'
import type { Trial } from '../registration/try.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import { findNearest } from '../runtime/nearest.ts'
import type { ApiKeyStore, InitialAccessTokenStore, ServiceAccountStore } from '../stores/store.ts'
import { adminError } from './admin-error.ts'
import { credentialState } from './credential-state.ts'
import { findPermissionProblems } from './find-term-problems.ts'

type Admission = Trial['admission']

/** What an operator says of the caller. */
export interface ImaginedCaller {
  /** `gate`, or `gate:caller` as the audit trail writes it. Without it, anybody who shows nothing. */
  readonly as?: string
  readonly owner?: string
  /** Instead of those that the credential has. */
  readonly permissions?: readonly string[]
  readonly claims?: JsonObject
  readonly certificateSubject?: string
}

export interface Imagined {
  readonly admission: Admission
  /** What would stand in the way of the real caller, in sentences. */
  readonly notes: readonly string[]
}

export interface ImagineDeps {
  readonly store: Pick<InitialAccessTokenStore, 'findInitialAccessToken'> &
    Pick<ApiKeyStore, 'findApiKey'> &
    Pick<ServiceAccountStore, 'findServiceAccount'>
  readonly clock: Clock
  readonly registration: Pick<RegistrationDeps, 'gates'>
}

/** Looks a stored credential up and takes over what it gives; of other callers it takes the operator's word. */
export async function imagineAdmission(said: ImaginedCaller, deps: ImagineDeps): Promise<Imagined> {
  const { as = 'open', owner, permissions, claims, certificateSubject } = said
  const problems =
    permissions === undefined || permissions.length === 0 ? [] : findPermissionProblems(permissions)
  if (problems.length > 0) throw adminError(problems)
  const colon = as.indexOf(':')
  const gate = colon === -1 ? as : as.slice(0, colon)
  const id = colon === -1 ? undefined : as.slice(colon + 1)
  if (gate === '' || id === '') throw adminError([NO_CALLER])
  const closed = noteClosed(gate, deps.registration)

  const { admission, notes } = (await findStored(gate, id, deps)) ?? { admission: plain(gate, id), notes: [] }
  const caller: Caller = {
    ...admission.caller,
    ...(owner === undefined ? {} : { owner }),
    ...(claims === undefined ? {} : { claims }),
    ...(certificateSubject === undefined ? {} : { certificate: imagineCertificate(certificateSubject) }),
  }
  const given = permissions === undefined ? {} : { permissions: permissions as readonly Permission[] }
  return { admission: { ...admission, caller, ...given }, notes: [...closed, ...notes] }
}

/** A gate that there is none of lets nobody in, and what is thought through for it would mean nothing. */
function noteClosed(gate: string, { gates }: ImagineDeps['registration']): readonly string[] {
  if (gates.some(({ name }) => name === gate)) return []
  const known = [...new Set([...GATE_NAMES, ...gates.map(({ name }) => name)])]
  if ((GATE_NAMES as readonly string[]).includes(gate))
    return [`The gate ${gate} is closed on this server: nobody comes in through it.`]
  const nearest = findNearest(gate, known)
  const meant = nearest === undefined ? '' : `; the nearest is ${nearest}`
  throw adminError([
    {
      member: 'as',
      reason: 'as.gate',
      message: `begins with no gate of this server; there are ${known.join(', ')}${meant}`,
      rule: 'admin API',
    },
  ])
}

const NO_CALLER = {
  member: 'as',
  reason: 'as.form',
  message: 'must be a gate, or a gate, a colon and a caller, as in api_key:0rv7',
  rule: 'admin API',
}

async function findStored(
  gate: string,
  id: string | undefined,
  deps: ImagineDeps,
): Promise<Imagined | undefined> {
  if (id === undefined) return undefined
  if (gate === 'initial_access_token') return ofInitialAccessToken(id, deps)
  if (gate === 'api_key') return ofApiKey(id, deps)
  return gate === 'basic' ? ofServiceAccount(id, deps) : undefined
}

async function ofInitialAccessToken(id: string, { store, clock }: ImagineDeps): Promise<Imagined> {
  const record = await store.findInitialAccessToken(id)
  if (!record) throw unknown('initial access token')
  const { owner, fixed, policy, permissions = [] } = record
  return {
    admission: {
      caller: { gate: 'initial_access_token', id, ...(owner === undefined ? {} : { owner }) },
      permissions,
      ...(fixed === undefined ? {} : { fixed }),
      ...(policy === undefined ? {} : { policy }),
    },
    notes: noteState('initial access token', credentialState(record, nowInSeconds(clock))),
  }
}

async function ofApiKey(id: string, { store, clock }: ImagineDeps): Promise<Imagined> {
  const record = await store.findApiKey(id)
  if (!record) throw unknown('API key')
  const { owner = `api_key:${id}`, permissions, policy } = record
  return {
    admission: {
      caller: { gate: 'api_key', id, owner },
      permissions,
      ...(policy === undefined ? {} : { policy }),
    },
    notes: noteState('API key', credentialState(record, nowInSeconds(clock))),
  }
}

async function ofServiceAccount(name: string, { store }: ImagineDeps): Promise<Imagined> {
  const record = await store.findServiceAccount(name)
  if (!record) throw unknown('service account')
  const { owner, permissions } = record
  return { admission: { caller: { gate: 'basic', id: name, owner }, permissions }, notes: [] }
}

/** As the gate of that name admits, where nothing is stored about who asks. */
function plain(gate: string, id: string | undefined): Admission {
  return {
    caller: { gate, ...(id === undefined ? {} : { id }) },
    permissions: gate === 'api_key' || gate === 'basic' ? ['authenticate', 'oauth-client-registration'] : [],
    ...(gate === 'open_public' ? { proviso: 'public_client' } : {}),
    ...(gate === 'software_statement' ? { proviso: 'software_statement' } : {}),
  }
}

function imagineCertificate(subject: string): NonNullable<Caller['certificate']> {
  return { subject, issuer: '', subjectAltNames: [], thumbprint: '', notBefore: 0, notAfter: 0 }
}

function noteState(kind: string, state: string): readonly string[] {
  return state === 'active' ? [] : [`The ${kind} is ${state}: whoever holds it would not be let in.`]
}

function unknown(kind: string): Error {
  return adminError([
    { member: 'as', reason: 'as.unknown', message: `names no ${kind} of this server`, rule: 'admin API' },
  ])
}

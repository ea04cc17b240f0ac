import { generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { calculateJwkThumbprint } from 'jose'
import type { Capabilities } from '../oauth/capabilities.ts'
import type { JsonObject } from '../oauth/json.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import type { Sealer } from '../runtime/sealer.ts'
import type { SigningKeyRecord, SigningKeyStore } from '../stores/store.ts'

export interface SigningKeyDeps {
  readonly store: SigningKeyStore
  readonly clock: Clock
  readonly sealer: Sealer
  /** See `orderSigningKeys`; 0 for a server that is alone. */
  readonly publishAheadSeconds?: number
}

interface KeyPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

// Asynchronous: finding the primes of an RSA key takes long enough to be noticed by every other request.
const generate = promisify(generateKeyPair)
const GENERATORS: Readonly<Record<string, () => Promise<KeyPair>>> = {
  ES256: () => generate('ec', { namedCurve: 'P-256' }),
  RS256: () => generate('rsa', { modulusLength: 2048 }),
}

/** The algorithms that need a key of ours: whatever we sign for a client (RFC 7517 §4.4). */
export function signingAlgorithms(capabilities: Capabilities): readonly string[] {
  const { idTokenSigningAlgs, userinfoSigningAlgs, introspectionSigningAlgs } = capabilities
  // ES256 also signs access tokens for resources.
  return [...new Set(['ES256', ...idTokenSigningAlgs, ...userinfoSigningAlgs, ...introspectionSigningAlgs])]
}

/** A new key. Its id is its thumbprint (RFC 7638). */
export async function makeSigningKey(
  alg: string,
  { clock, sealer }: Pick<SigningKeyDeps, 'clock' | 'sealer'>,
): Promise<SigningKeyRecord> {
  const generator = GENERATORS[alg]
  if (generator === undefined) throw new RangeError(`no signing key can be made for ${alg}`)
  const { privateKey, publicKey } = await generator()
  const jwk = publicKey.export({ format: 'jwk' })
  const kid = await calculateJwkThumbprint(jwk as Parameters<typeof calculateJwkThumbprint>[0])
  const named = (key: JsonWebKey) => ({ ...key, kid, alg, use: 'sig' }) as JsonObject
  const privateJwk = JSON.stringify(named(privateKey.export({ format: 'jwk' })))
  return {
    kid,
    alg,
    publicJwk: named(jwk),
    sealedPrivateJwk: sealer.seal(privateJwk, sealContext(kid)),
    createdAt: nowInSeconds(clock),
  }
}

/** Makes the keys that are missing: all of them at the first start, those of a new algorithm later. */
export async function ensureSigningKeys(algorithms: readonly string[], deps: SigningKeyDeps): Promise<void> {
  const stored = await deps.store.listSigningKeys()
  const missing = algorithms.filter(
    (alg) => !stored.some((key) => key.alg === alg && key.retiredAt === undefined),
  )
  if (missing.length === 0) return
  const made = await Promise.all(missing.map((alg) => makeSigningKey(alg, deps)))
  const at = nowInSeconds(deps.clock)
  const detail = { kids: made.map(({ kid }) => kid) }
  // Where another instance was first, its keys are there now, and these were never used.
  if (stored.length === 0) {
    await deps.store.createFirstSigningKeys(made, {
      action: 'signing_keys.created',
      at,
      subject: 'signing_keys',
      actor: 'server',
      detail,
    })
    return
  }
  for (const key of made) {
    const audit = {
      action: 'signing_key.rotated',
      at,
      subject: key.kid,
      actor: 'server',
      detail: { alg: key.alg },
    } as const
    await deps.store.rotateSigningKey(key, { at, deleteAfter: at }, audit)
  }
}

/**
 * The keys that the engine signs with and publishes: the newest of each algorithm first, because it takes the first that
 * fits; retired ones behind, for as long as something that they signed may live (OpenID Connect Core 1.0 §10.1.1).
 */
export async function loadSigningKeys({
  store,
  clock,
  sealer,
  publishAheadSeconds = 0,
}: SigningKeyDeps): Promise<readonly JsonObject[]> {
  const keys = orderSigningKeys(await store.listSigningKeys(), nowInSeconds(clock), publishAheadSeconds)
  return keys.map(({ kid, sealedPrivateJwk }) => JSON.parse(sealer.open(sealedPrivateJwk, sealContext(kid))))
}

/**
 * Those of `keys` (the oldest first) that are published, in the order in which they are taken to sign. A key that replaces
 * another one signs only when it has been published for `publishAheadSeconds`: until then another instance may not know it,
 * and would tell whoever looks it up that there is none. The one that it replaces goes on meanwhile.
 */
export function orderSigningKeys(
  keys: readonly SigningKeyRecord[],
  now: number,
  publishAheadSeconds: number,
): readonly SigningKeyRecord[] {
  const isRecent = (at: number) => at + publishAheadSeconds > now
  const rankOf = ({ createdAt, retiredAt }: SigningKeyRecord) => {
    if (retiredAt === undefined) return isRecent(createdAt) ? 2 : 0
    return isRecent(retiredAt) ? 1 : 3
  }
  const published = keys.filter(({ deleteAfter = Infinity }) => deleteAfter > now).reverse()
  return published.toSorted((a, b) => rankOf(a) - rankOf(b))
}

function sealContext(kid: string): string {
  return `signing_key:${kid}`
}

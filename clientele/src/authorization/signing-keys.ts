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
}: SigningKeyDeps): Promise<readonly JsonObject[]> {
  const now = nowInSeconds(clock)
  const published = (await store.listSigningKeys())
    .filter(({ deleteAfter = Infinity }) => deleteAfter > now)
    .reverse()
  const inOrder = [...published.filter(isSigning), ...published.filter((key) => !isSigning(key))]
  return inOrder.map(({ kid, sealedPrivateJwk }) =>
    JSON.parse(sealer.open(sealedPrivateJwk, sealContext(kid))),
  )
}

function isSigning({ retiredAt }: SigningKeyRecord): boolean {
  return retiredAt === undefined
}

function sealContext(kid: string): string {
  return `signing_key:${kid}`
}

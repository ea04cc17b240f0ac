/** Replaces the keys that sign (OpenID Connect Core 1.0 §10.1.1). Old ones stay published while what they signed lives. */
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import type { SigningKeyRecord, SigningKeyStore } from '../stores/store.ts'

export interface RotateSigningKeysDeps {
  readonly store: Pick<SigningKeyStore, 'rotateSigningKey'>
  readonly clock: Clock
  /** The algorithms that have a key. */
  readonly algorithms: readonly string[]
  readonly makeSigningKey: (algorithm: string) => Promise<SigningKeyRecord>
  /** The longest life of anything that is signed. */
  readonly longestLifetimeSeconds: number
  /** Makes the authorization server sign with the new keys. */
  readonly reload: () => Promise<void>
}

export interface RotatedSigningKey {
  readonly kid: string
  readonly alg: string
}

export interface RotatedSigningKeys {
  readonly keys: readonly RotatedSigningKey[]
  /** Epoch seconds until which the old keys stay published. */
  readonly previousKeysDeletedAfter: number
}

export async function rotateSigningKeys(
  actor: string,
  deps: RotateSigningKeysDeps,
): Promise<RotatedSigningKeys> {
  // All are made before the first is stored: making one is what can fail and what takes time.
  const added = await Promise.all(deps.algorithms.map(deps.makeSigningKey))
  const at = nowInSeconds(deps.clock)
  const deleteAfter = at + deps.longestLifetimeSeconds
  try {
    for (const key of added) {
      await deps.store.rotateSigningKey(
        key,
        { at, deleteAfter },
        {
          action: 'signing_key.rotated',
          at,
          subject: key.kid,
          actor,
          detail: { alg: key.alg },
        },
      )
    }
  } finally {
    // Also after a failure half-way: what is stored and what signs must agree.
    await deps.reload()
  }
  return { keys: added.map(({ kid, alg }) => ({ kid, alg })), previousKeysDeletedAfter: deleteAfter }
}

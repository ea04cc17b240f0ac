/** Deletes signing keys that nothing needs any more: what they signed has expired (OpenID Connect Core 1.0 §10.1.1). */
import type { SigningKeyStore } from '../stores/store.ts'

/** How many it deleted. A key that signs is never among them, whatever its record says. */
export async function deleteOldSigningKeys(
  store: Pick<SigningKeyStore, 'listSigningKeys' | 'deleteSigningKey'>,
  now: number,
): Promise<number> {
  const old = (await store.listSigningKeys()).filter(({ deleteAfter = Infinity }) => deleteAfter <= now)
  const deleted = await Promise.all(
    old.map(({ kid, alg }) =>
      store.deleteSigningKey(kid, {
        action: 'signing_key.deleted',
        at: now,
        subject: kid,
        actor: 'server',
        detail: { alg },
      }),
    ),
  )
  return deleted.filter((isDeleted) => isDeleted).length
}

import type { Sealer } from '../runtime/sealer.ts'
import type { SigningKeyStore } from '../stores/store.ts'
import { StartError } from './start-error.ts'

/** Stops when the database was sealed under another key, instead of failing at the first request that opens something. */
export async function checkSealingKey(
  store: Pick<SigningKeyStore, 'listSigningKeys'>,
  sealer: Sealer,
): Promise<void> {
  const [oldest] = await store.listSigningKeys()
  if (!oldest) return
  try {
    sealer.open(oldest.sealedPrivateJwk, `signing_key:${oldest.kid}`)
  } catch (error) {
    throw new StartError(
      'The sealing key does not fit the database: put back the one that it was made with.',
      { cause: error },
    )
  }
}

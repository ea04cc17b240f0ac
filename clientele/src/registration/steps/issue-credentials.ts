import type { ClientRecord, StoredSecret, Vouched } from '../../clients/client.ts'
import { CREDENTIAL_PREFIXES, makeCredential } from '../../clients/credential.ts'
import { needsSecret, secretContext } from '../../clients/secrets.ts'
import type { Admission } from '../../gates/gate.ts'
import type { CompleteMetadata } from '../../oauth/client-metadata.ts'
import type { Draft } from '../../oauth/draft.ts'
import { nowInSeconds } from '../../runtime/clock.ts'
import { sha256 } from '../../runtime/cryptography.ts'
import { uuidFromKey } from '../../runtime/time-ordered.ts'
import type { RegistrationDeps } from '../deps.ts'
import type { ChosenCredentials } from './choose-credentials.ts'
import { findEntrustedScopes } from './entrusted-scopes.ts'

/** A client and the credentials in clear, which leave in one answer and are kept nowhere. */
export interface IssuedClient {
  readonly client: ClientRecord
  readonly clientSecret?: string
  /** Absent where the caller was not admitted by it and so cannot be told it again: only its hash is kept. */
  readonly registrationAccessToken?: string
}

/** Where a client comes from. */
interface Origin {
  readonly admission: Admission
  readonly vouched: Vouched | undefined
  readonly chosen: ChosenCredentials
}

type Issuing = Pick<RegistrationDeps, 'clock' | 'keys' | 'sealer' | 'clientSecretLifetimeSeconds'>

/**
 * Gives a new client its id, its registration access token (RFC 7592 §1.2), and a secret where its method needs one:
 * never otherwise, because every secret that is not needed is one that leaks (RFC 7591 §3.2.1).
 */
export function issueCredentials(draft: Draft<CompleteMetadata>, from: Origin, deps: Issuing): IssuedClient {
  const now = nowInSeconds(deps.clock)
  const { admission, vouched, chosen } = from
  const id = chosen.clientId ?? uuidFromKey(deps.keys.next())
  const registrationAccessToken = makeCredential(CREDENTIAL_PREFIXES.registrationAccessToken)
  const secret = needsSecret(draft.metadata) ? issueSecret(id, deps, chosen.clientSecret) : undefined
  const client: ClientRecord = {
    id,
    door: 'registration_request',
    requested: draft.requested,
    granted: draft.metadata,
    dropped: draft.dropped,
    caller: admission.caller,
    ...(admission.fixed === undefined ? {} : { fixed: admission.fixed }),
    ...findEntrustedScopes(draft.metadata, admission),
    ...(admission.proviso === undefined ? {} : { proviso: admission.proviso }),
    ...(admission.policy === undefined ? {} : { policy: admission.policy }),
    ...(vouched === undefined ? {} : { vouched }),
    secrets: secret ? [secret.stored] : [],
    registrationAccessTokenHash: sha256(registrationAccessToken),
    createdAt: now,
    updatedAt: now,
    revision: 1,
  }
  return { client, registrationAccessToken, ...(secret ? { clientSecret: secret.clear } : {}) }
}

/** A new secret of a client: in clear, and as it is stored. */
export function issueSecret(
  clientId: string,
  deps: Issuing,
  chosen?: string,
): { readonly clear: string; readonly stored: StoredSecret } {
  const now = nowInSeconds(deps.clock)
  const clear = chosen ?? makeCredential(CREDENTIAL_PREFIXES.clientSecret)
  const lifetime = deps.clientSecretLifetimeSeconds
  return {
    clear,
    stored: {
      hash: sha256(clear),
      sealed: deps.sealer.seal(clear, secretContext(clientId)),
      createdAt: now,
      expiresAt: lifetime === 0 ? 0 : now + lifetime,
    },
  }
}

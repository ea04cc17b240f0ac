import type { ClientRecord, Vouched } from '../../clients/client.ts'
import { needsSecret } from '../../clients/secrets.ts'
import type { Admission } from '../../gates/gate.ts'
import type { RegistrationDeps } from '../deps.ts'
import type { ChosenCredentials } from './choose-credentials.ts'
import { findEntrustedMembers } from './entrusted-members.ts'
import { findEntrustedScopes } from './entrusted-scopes.ts'
import { issueAccessToken } from './issue-access-token.ts'
import { issueSecret, type SecretIssuing } from './issue-secret.ts'
import type { JudgedMetadata } from './judge-metadata.ts'
import { judgedFields } from './judged-fields.ts'
import { makeClientId } from './make-client-id.ts'

/** A client and the credentials in clear, which leave in one answer and are kept nowhere. */
export interface IssuedClient {
  readonly client: ClientRecord
  readonly clientSecret?: string
  /** Absent where the caller was not admitted by it and so cannot be told it again: only its hash is kept. */
  readonly registrationAccessToken?: string
}

/** Where a client comes from. */
export interface Origin {
  readonly admission: Admission
  readonly vouched: Vouched | undefined
  readonly chosen: ChosenCredentials
}

/**
 * Gives a new client its id, its registration access token (RFC 7592 §1.2), and a secret where its method needs one:
 * never otherwise, because every secret that is not needed is one that leaks (RFC 7591 §3.2.1).
 */
export async function issueCredentials(
  judged: JudgedMetadata,
  { admission, vouched, chosen }: Origin,
  deps: SecretIssuing & Pick<RegistrationDeps, 'keys' | 'fields'>,
): Promise<IssuedClient> {
  const { now } = judged.facts
  const id = chosen.clientId ?? (await makeClientId(judged, deps))
  const token = issueAccessToken(judged.policy.credentials, now)
  const secret = needsSecret(judged.metadata)
    ? await issueSecret(id, judged, deps, chosen.clientSecret)
    : undefined
  const client: ClientRecord = {
    id,
    door: 'registration_request',
    ...judgedFields(judged, deps),
    caller: admission.caller,
    ...(admission.fixed === undefined ? {} : { fixed: admission.fixed }),
    ...findEntrustedScopes(judged.metadata, admission),
    ...findEntrustedMembers(judged),
    ...(admission.proviso === undefined ? {} : { proviso: admission.proviso }),
    ...(vouched === undefined ? {} : { vouched }),
    secrets: secret ? [secret.stored] : [],
    ...token.stored,
    createdAt: now,
    updatedAt: now,
    revision: 1,
  }
  return { client, registrationAccessToken: token.clear, ...(secret ? { clientSecret: secret.clear } : {}) }
}

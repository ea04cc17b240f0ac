import type { Caller, ClientRecord } from '../../clients/client.ts'
import { CREDENTIAL_PREFIXES, isCredential } from '../../clients/credential.ts'
import type { Admission, Operation, Permission, Presented } from '../../gates/gate.ts'
import { bearerOf } from '../../oauth/authorization-header.ts'
import { OAuthError } from '../../oauth/errors.ts'
import { sameHash, sha256 } from '../../runtime/cryptography.ts'
import type { RegistrationDeps } from '../deps.ts'
import { identifyCaller } from './identify-caller.ts'

/** A client that the caller may manage. */
export interface ManagedClient {
  readonly client: ClientRecord
  /** Who manages it, for the audit trail. */
  readonly manager: Caller
  /** What the manager may do beyond; nothing for the holder of the registration access token. */
  readonly permissions: readonly Permission[]
  /** Shown by the caller, for the answer to repeat (RFC 7592 §3). */
  readonly registrationAccessToken?: string
}

/** Compared with when there is no such client, so that the time does not tell (OIDC Registration §4.4). */
const NO_HASH = sha256('no client')
const PREFIX = `${CREDENTIAL_PREFIXES.registrationAccessToken}_`

/**
 * The registration access token of this very client opens its configuration endpoint (RFC 7592 §2); so does a gate that
 * the operator opened for the operation, to the client's owner or to a caller with the permission. An unknown client, a
 * deleted one, another client's token and a wrong one are answered alike with 401, and a token shown at the wrong
 * address is not harmed by it.
 */
export async function authorizeManagement(
  clientId: string,
  presented: Presented,
  deps: Pick<RegistrationDeps, 'store' | 'gates' | 'attempts' | 'checkEveryRequest' | 'ignoreForeignBearer'>,
): Promise<ManagedClient> {
  deps.checkEveryRequest?.(presented)
  const token = bearerOf(presented.credentials)
  const gates = deps.gates.filter((gate) => gate.recognizes(presented))
  if (token.startsWith(PREFIX) || gates.length === 0)
    return deps.attempts.attempt('registration_access_token', presented.address, () =>
      byRegistrationAccessToken(clientId, presented, token, deps),
    )
  const [admission] = await identifyCaller(presented, { ...deps, gates })
  const client = await deps.store.findClient(clientId)
  if (!client) throw notValid()
  if (!mayManage(admission!, presented.operation, client)) {
    throw new OAuthError(
      'insufficient_scope',
      'management.not_permitted',
      'This credential does not permit that.',
    )
  }
  return { client, manager: admission!.caller, permissions: admission!.permissions }
}

async function byRegistrationAccessToken(
  clientId: string,
  { credentials }: Presented,
  token: string,
  { store }: Pick<RegistrationDeps, 'store'>,
): Promise<ManagedClient> {
  if (credentials.kind === 'none') {
    throw new OAuthError('invalid_token', 'credentials.missing', 'The registration access token is missing.')
  }
  const wellFormed = isCredential(token, CREDENTIAL_PREFIXES.registrationAccessToken)
  const client = wellFormed ? await store.findClient(clientId) : undefined
  const matches = sameHash(client?.registrationAccessTokenHash ?? NO_HASH, sha256(token))
  if (!client || !matches) throw notValid()
  return {
    client,
    manager: { gate: 'registration_access_token', id: client.id },
    permissions: [],
    registrationAccessToken: token,
  }
}

const PERMISSION: Partial<Record<Operation, Permission>> = {
  read: 'oauth-client-get',
  update: 'oauth-client-update',
  delete: 'oauth-client-delete',
}

function mayManage({ caller, permissions }: Admission, operation: Operation, client: ClientRecord): boolean {
  const needed = PERMISSION[operation]
  if (needed && permissions.includes(needed)) return true
  return caller.owner !== undefined && caller.owner === client.caller.owner
}

function notValid(): OAuthError {
  return new OAuthError(
    'invalid_token',
    'registration_access_token.invalid',
    'The registration access token is not valid.',
  )
}

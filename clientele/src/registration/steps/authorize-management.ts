import type { Caller, ClientRecord, StoredAccessToken } from '../../clients/client.ts'
import { CREDENTIAL_PREFIXES, isCredential } from '../../clients/credential.ts'
import type { Gate, Operation, Permission, Presented } from '../../gates/gate.ts'
import { bearerOf } from '../../oauth/authorization-header.ts'
import { OAuthError } from '../../oauth/errors.ts'
import { nowInSeconds } from '../../runtime/clock.ts'
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
  /** How to ask the manager for better credentials. */
  readonly challenges: readonly ('Bearer' | 'Basic')[]
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
 * address is not harmed by it. A caller of a gate learns as little: somebody else's client and none at all are both 403,
 * and 401 (RFC 7592 §2.1) is for who may see all of them.
 */
export async function authorizeManagement(
  clientId: string,
  presented: Presented,
  deps: Pick<
    RegistrationDeps,
    'store' | 'clock' | 'gates' | 'attempts' | 'checkEveryRequest' | 'ignoreForeignBearer'
  >,
): Promise<ManagedClient> {
  const token = bearerOf(presented.credentials)
  const gates = deps.gates.filter((gate) => gate.recognizes(presented))
  if (token.startsWith(PREFIX) || gates.length === 0) {
    deps.checkEveryRequest?.(presented)
    return deps.attempts.attempt('registration_access_token', presented.address, () =>
      byRegistrationAccessToken(clientId, presented, token, deps),
    )
  }
  const [admission] = await identifyCaller(presented, { ...deps, gates })
  const { caller: manager, permissions } = admission!
  const challenges = challengesOf(gates.find(({ name }) => name === manager.gate))
  const client = await deps.store.findClient(clientId)
  const forAll = PERMISSION[presented.operation]
  const maySeeAll = forAll !== undefined && permissions.includes(forAll)
  if (!client && maySeeAll) throw noSuchClient(challenges)
  if (!client || !(maySeeAll || owns(manager, client))) {
    throw new OAuthError(
      'insufficient_scope',
      'management.not_permitted',
      'This credential does not permit that.',
      { challenges },
    )
  }
  return { client, manager, permissions, challenges }
}

async function byRegistrationAccessToken(
  clientId: string,
  { credentials }: Presented,
  token: string,
  { store, clock }: Pick<RegistrationDeps, 'store' | 'clock'>,
): Promise<ManagedClient> {
  if (credentials.kind === 'none') {
    throw new OAuthError('invalid_token', 'credentials.missing', 'The registration access token is missing.')
  }
  const wellFormed = isCredential(token, CREDENTIAL_PREFIXES.registrationAccessToken)
  const client = wellFormed ? await store.findClient(clientId) : undefined
  const hash = sha256(token)
  // All are compared, whichever matches, so that the time does not tell which tokens there are.
  const [shown] = tokensOf(client).filter((each) => sameHash(each.hash, hash))
  if (!client || !shown) throw notValid()
  if (shown.expiresAt !== undefined && shown.expiresAt <= nowInSeconds(clock)) throw notValid()
  return {
    client,
    manager: { gate: 'registration_access_token', id: client.id },
    permissions: [],
    challenges: ['Bearer'],
    registrationAccessToken: token,
  }
}

function tokensOf(client: ClientRecord | undefined): readonly StoredAccessToken[] {
  const { registrationAccessTokenHash: hash = NO_HASH, registrationAccessTokenExpiresAt: expiresAt } =
    client ?? {}
  const current = { hash, ...(expiresAt === undefined ? {} : { expiresAt }) }
  return [current, ...(client?.unusedRegistrationAccessTokens ?? [])]
}

const PERMISSION: Partial<Record<Operation, Permission>> = {
  read: 'oauth-client-get',
  update: 'oauth-client-update',
  delete: 'oauth-client-delete',
}

function owns({ owner }: Caller, client: ClientRecord): boolean {
  return owner !== undefined && owner === client.caller.owner
}

/** How the gate asks for better credentials; where it cannot, the registration access token is what would help. */
function challengesOf(gate: Gate | undefined): readonly ('Bearer' | 'Basic')[] {
  return [gate?.challenge ?? 'Bearer']
}

/** Somebody else deleted the client meanwhile: the manager, who was permitted to manage it, learns that it is gone. */
export function goneMeanwhile({ registrationAccessToken, challenges }: ManagedClient): OAuthError {
  return registrationAccessToken === undefined ? noSuchClient(challenges) : notValid()
}

function noSuchClient(challenges: ManagedClient['challenges']): OAuthError {
  return new OAuthError('invalid_token', 'client.unknown', 'There is no client with this id.', { challenges })
}

function notValid(): OAuthError {
  return new OAuthError(
    'invalid_token',
    'registration_access_token.invalid',
    'The registration access token is not valid.',
  )
}

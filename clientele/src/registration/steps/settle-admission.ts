import type { Admission, Gate, Presented, Proviso } from '../../gates/gate.ts'
import type { CompleteMetadata } from '../../oauth/client-metadata.ts'
import { metadataError, type OAuthError, type Problem } from '../../oauth/errors.ts'
import type { ManagedClient } from './authorize-management.ts'
import { notAdmitted } from './identify-caller.ts'
import { statementMissing } from './verify-software-statement.ts'

/** What would be registered, and the issuer of the software statement that vouches for it. */
interface Registered {
  readonly metadata: CompleteMetadata
  readonly voucher: string | undefined
}

/**
 * The admissions that may hold, now that it is known who vouches, each with its caller in full; who vouched is who let it
 * in. Each is judged by itself: exactly one admission's permissions, fixed values and policy count.
 */
export function possibleAdmissions(
  admissions: readonly Admission[],
  voucher: string | undefined,
): readonly Admission[] {
  return admissions
    .filter(({ proviso }) => proviso !== 'software_statement' || voucher !== undefined)
    .map((admission) =>
      admission.proviso === 'software_statement' && voucher !== undefined
        ? { ...admission, caller: { ...admission.caller, id: voucher } }
        : admission,
    )
}

/**
 * Whether an admission holds for what would be registered. A weak gate admits weak clients only: an open door for public
 * clients is none for a client with a secret.
 */
export function holds({ proviso }: Pick<Admission, 'proviso'>, registered: Registered): boolean {
  return proviso === undefined || HOLDS[proviso](registered)
}

/**
 * The same at an update: who came in as a public client does not leave as one with a secret, by saying so later or by
 * saying nothing (RFC 7592 §2.2), unless somebody with more say than the client does it.
 */
export function holdProviso(managed: Revising, revised: Registered): void {
  const refusal = findProvisoRefusal(managed, revised)
  if (refusal !== undefined) throw refusal
}

type Revising = Pick<ManagedClient, 'client' | 'permissions'>

/** Why it would not be let; undefined where it would. */
export function findProvisoRefusal(
  { client, permissions }: Revising,
  revised: Registered,
): OAuthError | undefined {
  const { proviso } = client
  if (proviso === undefined || holds(client, revised) || permissions.includes('oauth-client-override'))
    return undefined
  return metadataError([PROVISO_PROBLEMS[proviso]])
}

const PROVISO_PROBLEMS: Record<Proviso, Problem> = {
  public_client: {
    member: 'token_endpoint_auth_method',
    reason: 'token_endpoint_auth_method.public_only',
    message:
      'must stay "none": this client was registered without credentials, which only public clients may be',
    rule: 'docs/operate/who-may-register.md',
  },
  software_statement: {
    member: 'software_statement',
    reason: 'software_statement.required',
    message: 'must stay: this client was registered by it',
    rule: 'docs/operate/who-may-register.md',
  },
}

/** None of them holds. Where a software statement is the only way in, no challenge could help: what is missing is in the body. */
export function admissionRefused(
  admissions: readonly Admission[],
  presented: Presented,
  gates: readonly Gate[],
): OAuthError {
  const couldVouch = admissions.some(({ proviso }) => proviso === 'software_statement')
  if (couldVouch && gates.every(({ challenge }) => challenge === undefined)) return statementMissing()
  return notAdmitted(presented, gates)
}

const HOLDS: Record<Proviso, (registered: Registered) => boolean> = {
  public_client: ({ metadata }) => metadata.token_endpoint_auth_method === 'none',
  software_statement: ({ voucher }) => voucher !== undefined,
}

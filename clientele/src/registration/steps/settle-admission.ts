import type { Admission, Gate, Permission, Presented, Proviso } from '../../gates/gate.ts'
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
 * Which of the admissions holds, now that it is known what would be registered. A weak gate admits weak clients only:
 * an open door for public clients is none for a client with a secret.
 */
export function settleAdmission(
  admissions: readonly Admission[],
  registered: Registered,
  presented: Presented,
  gates: readonly Gate[],
): Admission {
  const settled = admissions.find(({ proviso }) => proviso === undefined || HOLDS[proviso](registered))
  if (!settled) throw refusal(admissions, presented, gates)
  // Who vouched is who let it in.
  const isVouched = settled.proviso === 'software_statement' && registered.voucher !== undefined
  return isVouched ? { ...settled, caller: { ...settled.caller, id: registered.voucher } } : settled
}

/**
 * The same at an update: who came in as a public client does not leave as one with a secret, by saying so later or by
 * saying nothing (RFC 7592 §2.2), unless somebody with more say than the client does it.
 */
export function holdProviso(
  { client, permissions }: Pick<ManagedClient, 'client' | 'permissions'>,
  revised: Registered,
): void {
  const { proviso } = client
  if (proviso === undefined || HOLDS[proviso](revised) || permissions.includes('oauth-client-override'))
    return
  throw metadataError([PROVISO_PROBLEMS[proviso]])
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

/** Where a software statement is the only way in, no challenge could help: what is missing is in the body. */
function refusal(admissions: readonly Admission[], presented: Presented, gates: readonly Gate[]): OAuthError {
  const couldVouch = admissions.some(({ proviso }) => proviso === 'software_statement')
  if (couldVouch && gates.every(({ challenge }) => challenge === undefined)) return statementMissing()
  return notAdmitted(presented, gates)
}

/** What every one of the admissions permits: which of them will hold is not known yet. */
export function commonPermissions(admissions: readonly Admission[]): readonly Permission[] {
  const [first, ...others] = admissions
  return (first?.permissions ?? []).filter((each) =>
    others.every(({ permissions }) => permissions.includes(each)),
  )
}

const HOLDS: Record<Proviso, (registered: Registered) => boolean> = {
  public_client: ({ metadata }) => metadata.token_endpoint_auth_method === 'none',
  software_statement: ({ voucher }) => voucher !== undefined,
}

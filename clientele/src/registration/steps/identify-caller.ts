import { claimsToBeOurs } from '../../clients/credential.ts'
import type { Admission, Gate, Presented } from '../../gates/gate.ts'
import { OAuthError } from '../../oauth/errors.ts'
import type { RegistrationDeps } from '../deps.ts'

/**
 * Who asks (RFC 7591 §3)? The first gate that recognizes what the request shows decides, for good: bad credentials are
 * never tried elsewhere. Only gates that admit under a proviso may stand side by side, because which of them applies is
 * known when the metadata is.
 */
export async function identifyCaller(
  shown: Presented,
  deps: Pick<RegistrationDeps, 'gates' | 'attempts' | 'checkEveryRequest' | 'ignoreForeignBearer'>,
): Promise<readonly Admission[]> {
  deps.checkEveryRequest?.(shown)
  const presented = forgetForeignBearer(shown, deps)
  const admissions: Admission[] = []
  for (const gate of deps.gates.filter((candidate) => candidate.recognizes(presented))) {
    const admission = await admitAt(gate, presented, deps)
    admissions.push(admission)
    if (admission.proviso === undefined) break
  }
  if (admissions.length === 0) await refuseStranger(presented, deps)
  return admissions.map((admission) => withCertificate(admission, presented))
}

/** What no gate knows is a guess like any other. */
function refuseStranger(
  presented: Presented,
  { gates, attempts }: Pick<RegistrationDeps, 'gates' | 'attempts'>,
): Promise<never> {
  return attempts.attempt('unknown_credentials', presented.address, async () => {
    throw notAdmitted(presented, gates)
  })
}

/** The client certificate is a fact of the caller, whichever gate it came through. */
function withCertificate(admission: Admission, { certificate }: Presented): Admission {
  return certificate === undefined
    ? admission
    : { ...admission, caller: { ...admission.caller, certificate } }
}

/** Asks the gate, within the bound on failed attempts: nobody guesses passwords, or tries tokens, at leisure. */
function admitAt(
  gate: Gate,
  presented: Presented,
  { attempts }: Pick<RegistrationDeps, 'attempts'>,
): Promise<Admission> {
  const admit = () => gate.admit(presented)
  return gate.isGuessable
    ? attempts.attemptGuess(gate.name, presented.address, admit)
    : attempts.attempt(gate.name, presented.address, admit)
}

/**
 * ownCloud's desktop client sends an old access token of the resource server along (owncloud/client#9490). Where the
 * operator says so, a bearer token that no gate knows counts as none; one that a gate knows never does, nor one of ours
 * whose gate is closed.
 */
function forgetForeignBearer(
  presented: Presented,
  deps: Pick<RegistrationDeps, 'gates' | 'ignoreForeignBearer'>,
): Presented {
  if (!deps.ignoreForeignBearer || presented.credentials.kind !== 'bearer') return presented
  if (claimsToBeOurs(presented.credentials.token)) return presented
  if (deps.gates.some((gate) => gate.recognizes(presented))) return presented
  return { ...presented, credentials: { kind: 'none' } }
}

/** RFC 6750 §3.1: without credentials the challenge stands alone; with some that nobody knows it says `invalid_token`. */
export function notAdmitted(presented: Presented, gates: readonly Gate[]): OAuthError {
  const challenges = [...new Set(gates.flatMap(({ challenge }) => challenge ?? []))]
  const options = challenges.length > 0 ? { challenges } : {}
  return presented.credentials.kind === 'none'
    ? new OAuthError('invalid_token', 'credentials.missing', 'Registration needs credentials.', options)
    : new OAuthError(
        'invalid_token',
        'credentials.unsupported',
        'These credentials are not accepted here.',
        options,
      )
}

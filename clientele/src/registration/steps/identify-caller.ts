import type { Admission, Gate } from '../../gates/gate.ts'
import type { Credentials } from '../../oauth/authorization-header.ts'
import { OAuthError } from '../../oauth/errors.ts'

/** The one gate that recognizes the request's credentials decides (RFC 7591 §3). */
export async function identifyCaller(credentials: Credentials, gates: readonly Gate[]): Promise<Admission> {
  const gate = gates.find((candidate) => candidate.recognizes(credentials))
  if (gate) return gate.admit(credentials)
  // RFC 6750 §3.1: without credentials the challenge stands alone; `missing` tells the renderer so.
  throw credentials.kind === 'none'
    ? new OAuthError('invalid_token', 'credentials.missing', 'Registration needs an initial access token.')
    : new OAuthError('invalid_token', 'credentials.unsupported', 'These credentials are not accepted here.')
}

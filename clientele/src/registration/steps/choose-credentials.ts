import { CLIENT_ID } from '../../clients/client-id.ts'
import { isReservedClientId } from '../../clients/reserved-client-id.ts'
import type { Admission } from '../../gates/gate.ts'
import { metadataError, OAuthError, type Problem } from '../../oauth/errors.ts'
import type { JsonObject } from '../../oauth/json.ts'
import type { CredentialTerms } from '../../policies/policy.ts'

/** An id and a secret that the caller chose instead of the server. */
export interface ChosenCredentials {
  readonly clientId?: string
  readonly clientSecret?: string
}

const RULE = 'RFC 6749 appendix A.1, A.2'
/** 128 bits need 22 characters of base64url; a chosen secret is held to twice that, because it may not be random. */
const CLIENT_SECRET = /^[\x21-\x7e]{43,256}$/

/**
 * The server chooses ids and secrets (RFC 7591 §6). A caller with the permission `oauth-client-override` may choose them,
 * to bring clients along from elsewhere, unless the policy says that nobody may; for everybody else the members have no
 * effect.
 */
export function chooseCredentials(
  body: JsonObject,
  { permissions }: Admission,
  { callerMayChoose }: Pick<CredentialTerms, 'callerMayChoose'>,
): ChosenCredentials {
  if (!callerMayChoose || !permissions.includes('oauth-client-override')) return {}
  const problems: Problem[] = []
  const clientId = read('client_id', CLIENT_ID, 'must be 1 to 128 printable ASCII characters')
  const clientSecret = read('client_secret', CLIENT_SECRET, 'must be 43 to 256 printable ASCII characters')
  if (problems.length > 0) throw metadataError(problems)
  if (clientId !== undefined && isReservedClientId(clientId)) {
    throw new OAuthError(
      'invalid_client_metadata',
      'client_id.reserved',
      'client_id: this form is reserved for the server',
    )
  }
  return {
    ...(clientId === undefined ? {} : { clientId }),
    ...(clientSecret === undefined ? {} : { clientSecret }),
  }

  function read(member: string, form: RegExp, message: string): string | undefined {
    const value = body[member]
    if (value === undefined || value === null) return undefined
    if (typeof value === 'string' && form.test(value)) return value
    problems.push({ member, reason: `${member}.form`, message, rule: RULE })
    return undefined
  }
}

import type { StoredSecret } from '../../clients/client.ts'
import { CREDENTIAL_PREFIXES, makeCredential } from '../../clients/credential.ts'
import { secretContext } from '../../clients/secrets.ts'
import { sha256 } from '../../runtime/cryptography.ts'
import type { RegistrationDeps } from '../deps.ts'
import type { JudgedMetadata } from './judge-metadata.ts'

/** VSCHAR without space (RFC 6749 appendix A.2); 22 characters of base64url are 128 bits. */
const CLIENT_SECRET = /^[\x21-\x7e]{22,256}$/

export type SecretIssuing = Pick<RegistrationDeps, 'sealer' | 'clientSecretLifetimeSeconds'>

/** A new secret of a client, by the policy's generator or ours: in clear, and as it is stored. */
export async function issueSecret(
  clientId: string,
  judged: JudgedMetadata,
  deps: SecretIssuing,
  chosen?: string,
): Promise<{ readonly clear: string; readonly stored: StoredSecret }> {
  const { credentials } = judged.policy
  const { now } = judged.facts
  const clear = chosen ?? (await makeSecret(judged))
  const lifetime = credentials.clientSecretLifetimeSeconds ?? deps.clientSecretLifetimeSeconds
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

async function makeSecret({ policy, metadata, facts }: JudgedMetadata): Promise<string> {
  const { makeClientSecret: make } = policy.credentials
  if (make === undefined) return makeCredential(CREDENTIAL_PREFIXES.clientSecret)
  const secret = await make(metadata, facts)
  // The length is all that can be seen of how unpredictable it is.
  if (typeof secret !== 'string' || !CLIENT_SECRET.test(secret)) {
    throw new Error(
      `the policy ${policy.name} makes client secrets that are none: 22 to 256 printable characters`,
    )
  }
  return secret
}

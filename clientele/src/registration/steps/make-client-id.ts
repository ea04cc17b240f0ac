import { CLIENT_ID } from '../../clients/client-id.ts'
import { isReservedClientId } from '../../clients/reserved-client-id.ts'
import { uuidFromKey } from '../../runtime/time-ordered.ts'
import type { RegistrationDeps } from '../deps.ts'
import type { JudgedMetadata } from './judge-metadata.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** An id for a new client (RFC 7591 §3.2.1), by the policy's generator or ours. Throws where the policy's makes no id. */
export async function makeClientId(
  { policy, metadata, facts }: JudgedMetadata,
  { keys }: Pick<RegistrationDeps, 'keys'>,
): Promise<string> {
  const { makeClientId: make } = policy.credentials
  if (make === undefined) return uuidFromKey(keys.next())
  const id = await make(metadata, facts)
  if (typeof id !== 'string' || !CLIENT_ID.test(id) || (isReservedClientId(id) && !UUID.test(id))) {
    throw new Error(`the policy ${policy.name} makes client ids that are none`)
  }
  return id
}

import type { ClientRecord } from '../../clients/client.ts'
import type { Problem } from '../../oauth/errors.ts'
import type { JsonObject } from '../../oauth/json.ts'
import { SERVER_MEMBERS } from '../../oauth/metadata-fields.ts'
import { sameHash, sha256 } from '../../runtime/cryptography.ts'

// Its own id and its current secret an update may say, and is judged by.
const FORBIDDEN = SERVER_MEMBERS.filter((member) => member !== 'client_id' && member !== 'client_secret')
const RULE = 'RFC 7592 §2.2'

/**
 * What an update may say of the members that the server alone sets (RFC 7592 §2.2): its own `client_id`, which it must
 * send; its own current `client_secret`, which it may; and none of the others.
 */
export function checkServerMembers(body: JsonObject, client: ClientRecord): readonly Problem[] {
  const problems: Problem[] = []
  const add = (member: string, reason: string, message: string) =>
    problems.push({ member, reason: `${member}.${reason}`, message, rule: RULE })

  if (body.client_id !== client.id) {
    if (body.client_id === undefined || body.client_id === null)
      add('client_id', 'missing', 'an update must carry it')
    else add('client_id', 'mismatch', 'must be the id of the client that is updated')
  }
  const secret = body.client_secret
  if (secret !== undefined && secret !== null && !isCurrent(secret, client)) {
    add('client_secret', 'mismatch', 'must be the current one; the server alone chooses secrets')
  }
  for (const member of FORBIDDEN) {
    if (Object.hasOwn(body, member)) add(member, 'forbidden', 'must not be part of an update')
  }
  return problems
}

function isCurrent(secret: unknown, client: ClientRecord): boolean {
  return typeof secret === 'string' && client.secrets.some((stored) => sameHash(stored.hash, sha256(secret)))
}

import { importJWK, SignJWT } from 'jose'
import { findSettledProblems } from '../oauth/consistency.ts'
import { findUnreadMembers } from '../oauth/find-unread-members.ts'
import type { JsonObject } from '../oauth/json.ts'
import { parseClientMetadata } from '../oauth/parse-metadata.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import { randomText } from '../runtime/cryptography.ts'
import type { IssuerKey } from './issuer-key.ts'
import { isRedirectHost } from './read-statement.ts'

/** What an issuer says of a piece of software. */
export interface NewStatement {
  readonly issuer: string
  /** The servers that it is for; absent for every server that trusts the issuer. */
  readonly audiences?: readonly string[]
  /** Seconds until it expires; absent for never. */
  readonly expiresInSeconds?: number
  /** Client metadata, `software_id` among them. */
  readonly metadata: JsonObject
  /** The hosts on which the client may have redirect URIs of its own choice. */
  readonly redirectHosts?: readonly string[]
}

/** RFC 7519 §4.1: what a statement says of itself. */
const JWT_CLAIMS = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']

/**
 * Makes a software statement (RFC 7591 §2.3). Throws with a sentence for metadata that every server would refuse: a
 * statement is copied into many installations, and is hard to take back.
 */
export async function signStatement(statement: NewStatement, key: IssuerKey, clock: Clock): Promise<string> {
  checkMetadata(statement.metadata)
  const wrongHost = statement.redirectHosts?.find((host) => !isRedirectHost(host))
  if (wrongHost !== undefined) throw new Error(`${wrongHost} is not the name of a host, such as app.example`)
  if (statement.issuer === '') throw new Error('the issuer has no name')
  const { audiences, expiresInSeconds, redirectHosts } = statement
  const now = nowInSeconds(clock)
  const claims = {
    ...statement.metadata,
    ...(redirectHosts === undefined ? {} : { redirect_hosts: redirectHosts }),
    iss: statement.issuer,
    iat: now,
    jti: randomText(16),
    ...(audiences === undefined ? {} : { aud: audiences.length === 1 ? audiences[0]! : [...audiences] }),
    ...(expiresInSeconds === undefined ? {} : { exp: now + expiresInSeconds }),
  }
  const { alg, kid } = key.privateJwk as { alg: string; kid: string }
  return new SignJWT(claims as never)
    .setProtectedHeader({ alg, kid, typ: 'software-statement+jwt' })
    .sign(await importJWK(key.privateJwk as never, alg))
}

/** Read as strictly as what an operator fixes: what a server would pass over is a mistake here. */
function checkMetadata(metadata: JsonObject): void {
  const parsed = parseClientMetadata(metadata)
  const [problem] = [...parsed.problems, ...findSettledProblems(parsed.metadata)]
  if (problem) throw new Error(`${problem.member} ${problem.message}`)
  const [unread] = findUnreadMembers(metadata, parsed)
  if (unread === undefined) return
  throw new Error(
    JWT_CLAIMS.includes(unread)
      ? `${unread} is a claim of the statement itself and no client metadata`
      : `${unread} is no member of client metadata, or has no value`,
  )
}

import { importJWK, SignJWT } from 'jose'
import type { JsonObject } from '../oauth/json.ts'
import { parseClientMetadata } from '../oauth/parse-metadata.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import { randomText } from '../runtime/cryptography.ts'
import type { IssuerKey } from './issuer-key.ts'

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

/**
 * Makes a software statement (RFC 7591 §2.3). Throws with a sentence for metadata that every server would refuse: a
 * statement is copied into many installations, and is hard to take back.
 */
export async function signStatement(statement: NewStatement, key: IssuerKey, clock: Clock): Promise<string> {
  const [problem] = parseClientMetadata(statement.metadata).problems
  if (problem) throw new Error(`${problem.member} ${problem.message}`)
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

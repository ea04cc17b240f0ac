import type { ClientRecord, Vouched } from '../../clients/client.ts'
import { OAuthError } from '../../oauth/errors.ts'
import type { JsonObject } from '../../oauth/json.ts'
import type { ParsedMetadata } from '../../oauth/parse-metadata.ts'
import type { ReplayMark } from '../../stores/store.ts'
import type { RegistrationDeps } from '../deps.ts'
import { holdWithinStatement } from './hold-within-statement.ts'

/**
 * Who vouches for it (RFC 7591 §2.3, §3.1.1)? Without trusted issuers the member is ignored, as the RFC allows; with
 * them a statement that cannot be proved is refused, never passed over. `client`, at an update: what vouched for it
 * goes on doing so when the statement is sent again or left out, so that leaving it out frees nobody of its claims.
 */
export async function verifySoftwareStatement(
  body: JsonObject,
  parsed: ParsedMetadata,
  deps: Pick<RegistrationDeps, 'statements'>,
  client?: ClientRecord,
): Promise<Vouched | undefined> {
  const vouched = await findVoucher(body, deps, client?.vouched)
  return vouched && holdWithinStatement(vouched, parsed)
}

async function findVoucher(
  body: JsonObject,
  { statements }: Pick<RegistrationDeps, 'statements'>,
  standing: Vouched | undefined,
): Promise<Vouched | undefined> {
  const statement = body.software_statement
  const isLeftOut = statement === undefined || statement === null || statement === ''
  if (isLeftOut && !standing && statements?.isRequired) {
    throw statementMissing()
  }
  if (isLeftOut || statement === standing?.statement || !statements) return standing
  if (typeof statement !== 'string') throw invalid('type', 'The software statement must be a string.')
  const vouched = await statements.verify(statement)
  if (standing) checkSameSoftware(standing, vouched)
  return vouched
}

/** People said yes to one piece of software: another one must not come to stand in its place. */
function checkSameSoftware(standing: Vouched, vouched: Vouched): void {
  if (standing.issuer !== vouched.issuer) {
    throw unapproved('other_issuer', 'A client cannot change who vouches for it.')
  }
  if (standing.metadata.software_id !== vouched.metadata.software_id) {
    throw unapproved('other_software', 'A client cannot become another piece of software.')
  }
}

/**
 * What a statement that counts once is marked as used by. The mark is written with the client: a request that registers
 * or changes nothing leaves the statement as good as it was.
 */
export function replayMarkOf(
  vouched: Vouched | undefined,
  { statements }: Pick<RegistrationDeps, 'statements'>,
  client?: ClientRecord,
): ReplayMark | undefined {
  const isNew = vouched !== undefined && vouched.statement !== client?.vouched?.statement
  return isNew ? statements?.replayMark(vouched) : undefined
}

/** The error for a statement that counts once, and did. */
export function statementReplayed(): OAuthError {
  return invalid(
    'used',
    'The software statement was used before, and each of its issuer registers one client.',
  )
}

/** The error for a client that sent no statement and needs one (RFC 7591 §3.2.2). */
export function statementMissing(): OAuthError {
  return invalid('missing', 'A software statement of an issuer that this server trusts is needed.')
}

function unapproved(reason: 'other_issuer' | 'other_software', message: string): OAuthError {
  return new OAuthError('unapproved_software_statement', `software_statement.${reason}`, message)
}

function invalid(reason: 'missing' | 'type' | 'used', message: string): OAuthError {
  return new OAuthError('invalid_software_statement', `software_statement.${reason}`, message)
}

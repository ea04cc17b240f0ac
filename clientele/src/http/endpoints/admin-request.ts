/** Reads a request to the admin API: who asks first, then what. Shape only; the rules are the use cases'. */
import { z } from 'zod'
import { parseAuthorization } from '../../oauth/authorization-header.ts'
import { OAuthError, type Problem } from '../../oauth/errors.ts'
import type { JsonObject } from '../../oauth/json.ts'
import { readJsonBody } from '../read-json-body.ts'

/** Whether a presented bearer token is the operator's. */
export type IsOperator = (token: string) => boolean

/** The body of a request that says everything by its address. */
export const nothing = z.strictObject({})

/** A request here is, unless its route says otherwise, a handful of short values. */
const MOST_BYTES = 16_384

/** The checked body of a request by the operator. Throws before reading anything of it when it is somebody else's. */
export async function readAdminRequest<T>(
  request: Request,
  shape: z.ZodType<T>,
  isOperator: IsOperator,
  mostBytes = MOST_BYTES,
): Promise<T> {
  checkOperator(request, isOperator)
  const result = shape.safeParse(await readBody(request, mostBytes))
  if (result.success) return result.data
  const problems = result.error.issues.map(describeIssue)
  const [first] = problems
  throw new OAuthError('invalid_request', 'body.wrong_shape', `${first?.member}: ${first?.message}`, {
    problems,
  })
}

/** Throws unless the request shows the operator token. */
export function checkOperator(request: Request, isOperator: IsOperator): void {
  const credentials = parseAuthorization(request.headers.get('authorization'))
  if (credentials.kind === 'bearer' && isOperator(credentials.token)) return
  if (credentials.kind === 'none') {
    throw new OAuthError('invalid_token', 'operator.missing', 'This needs the operator token.')
  }
  throw new OAuthError('invalid_token', 'operator.unknown', 'This is not the operator token of this server.')
}

/** What is wrong with this body has nothing to do with client metadata. */
async function readBody(request: Request, mostBytes: number): Promise<JsonObject> {
  try {
    return await readJsonBody(request, mostBytes)
  } catch (error) {
    if (!(error instanceof OAuthError) || error.code !== 'invalid_client_metadata') throw error
    throw new OAuthError('invalid_request', error.reason, error.message)
  }
}

function describeIssue(issue: z.core.$ZodIssue): Problem {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : undefined
  return {
    member: unknown ?? (issue.path.join('.') || 'body'),
    reason: unknown === undefined ? 'member.wrong_type' : 'member.unknown',
    message: unknown === undefined ? issue.message : 'is not known here',
    rule: 'admin API',
  }
}

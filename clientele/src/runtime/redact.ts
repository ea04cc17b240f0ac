/**
 * The second net under the log: takes secrets out by the name of their member and by the shape of our credentials, at
 * any depth. Written by hand because it runs for every line, and pino's own net costs ten times the line.
 */
const SECRET_MEMBERS = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'password',
  'client_secret',
  'clientSecret',
  'client_assertion',
  'registration_access_token',
  'registrationAccessToken',
  'initial_access_token',
  'initialAccessToken',
  'access_token',
  'refresh_token',
  'id_token',
  'id_token_hint',
  'token',
  'code',
  'device_code',
  'user_code',
  'code_verifier',
  'dpop',
])

/** Every credential of ours, whole (`clients/credential.ts`). */
const CREDENTIAL = /\bcl_[a-z]+_[\w-]{40,}/g

const REDACTED = '[redacted]'
const DEEPEST = 6

/** The same facts without secrets; the very same object when there are none. Errors become plain data. */
export function redact(facts: object): object {
  return redactMembers(facts, 0)
}

function redactMembers(value: object, depth: number): object {
  let copy: Record<string, unknown> | undefined
  for (const [name, found] of Object.entries(value)) {
    const shown =
      typeof found === 'object' || typeof found === 'string' ? redactValue(name, found, depth) : found
    if (shown === found) continue
    copy ??= { ...value }
    copy[name] = shown
  }
  return copy ?? value
}

function redactValue(name: string, value: unknown, depth: number): unknown {
  if (value === null) return value
  if (SECRET_MEMBERS.has(name)) return REDACTED
  if (typeof value === 'string') return value.includes('cl_') ? value.replace(CREDENTIAL, REDACTED) : value
  if (depth >= DEEPEST) return '[deep]'
  if (value instanceof Error) return describeError(value, depth + 1)
  if (Array.isArray(value))
    return value.map((item) => (typeof item === 'number' ? item : redactValue('', item, depth + 1)))
  return typeof value === 'object' ? redactMembers(value, depth + 1) : value
}

/** An error as plain data. Only these members: errors of libraries carry requests, and those carry credentials. */
function describeError(error: Error, depth: number): object {
  const code = (error as { code?: unknown }).code
  return redactMembers(
    {
      name: error.name,
      message: error.message,
      ...(typeof code === 'string' ? { errorCode: code } : {}),
      stack: error.stack,
      ...(error.cause === undefined ? {} : { cause: error.cause }),
    },
    depth,
  )
}

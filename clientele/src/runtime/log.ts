/**
 * The log: one JSON object a line. Whoever writes a line leaves secrets out of it; the redaction here is a second net
 * for what slips through, not a reason to be careless.
 */
import { type DestinationStream, pino, type Logger } from 'pino'

/** What the rooms need of a log. */
export interface Log {
  debug(facts: object, message: string): void
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** A log that writes to `destination`. */
export function createLog(level: LogLevel, destination: DestinationStream): Log & Pick<Logger, 'isLevelEnabled'> {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED, censor: '[redacted]' },
      serializers: { error: describeError },
    },
    destination,
  )
}

/** A log that drops everything, for tests and for embedders who bring none. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }

const SECRET_MEMBERS = [
  'authorization',
  'cookie',
  '"set-cookie"',
  'password',
  'client_secret',
  'client_assertion',
  'registration_access_token',
  'initial_access_token',
  'access_token',
  'refresh_token',
  'id_token',
  'token',
  'code',
  'device_code',
  'code_verifier',
]

/** At the top and one level down: pino matches paths, and deeper wildcards cost every line. */
const REDACTED = SECRET_MEMBERS.flatMap((member) =>
  member.startsWith('"') ? [`[${member}]`, `*[${member}]`] : [member, `*.${member}`],
)

const MOST_CAUSES = 5

/** An error as plain data. Only these members: errors of libraries carry requests, and those carry credentials. */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { message: String(error) }
  const code = (error as { code?: unknown }).code
  return {
    name: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code_name: code } : {}),
    stack: error.stack,
    ...(error.cause === undefined || depth >= MOST_CAUSES ? {} : { cause: describeError(error.cause, depth + 1) }),
  }
}

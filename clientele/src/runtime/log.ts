/**
 * The log: one JSON object a line. Whoever writes a line leaves secrets out of it; the redaction here is a second net
 * for what slips through, not a reason to be careless.
 */
import { type DestinationStream, type Logger, pino } from 'pino'
import { redact } from './redact.ts'

/** What the rooms need of a log. */
export interface Log {
  debug(facts: object, message: string): void
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** A log that writes to `destination`. */
export function createLog(
  level: LogLevel,
  destination: DestinationStream,
): Log & Pick<Logger, 'isLevelEnabled'> {
  return pino(
    {
      level,
      base: null,
      timestamp,
      formatters: {
        level: (label) => ({ level: label }),
        log: (facts) => redact(facts) as Record<string, unknown>,
      },
    },
    destination,
  )
}

let lastMilliseconds = 0
let lastTimestamp = ''

/** The time as pino wants it. Under load many lines have the same one. */
function timestamp(): string {
  const now = Date.now()
  if (now !== lastMilliseconds) {
    lastMilliseconds = now
    lastTimestamp = `,"time":"${new Date(now).toISOString()}"`
  }
  return lastTimestamp
}

/** A log that drops everything, for tests and for embedders who bring none. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }

import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'

const QUIET_MILLISECONDS = 60_000

/**
 * Says in the log why an issuer's keys could not be fetched, at most once a minute: strangers can make us try, and the
 * answer to them does not tell why.
 */
export function createKeysLog(
  issuer: string,
  { log, clock }: { readonly log: Pick<Log, 'warn'>; readonly clock: Clock },
): (cause: unknown) => void {
  let quietUntil = Number.NEGATIVE_INFINITY
  return (cause) => {
    const now = clock.milliseconds()
    if (now < quietUntil) return
    quietUntil = now + QUIET_MILLISECONDS
    log.warn({ issuer, cause: describeCause(cause) }, 'the keys of a trusted issuer cannot be fetched')
  }
}

/** The innermost cause: those around it say only that something was not fetched. */
function describeCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.cause !== undefined) return describeCause(error.cause)
  // An error for several addresses of one host has no message of its own.
  return error.message || ((error as NodeJS.ErrnoException).code ?? error.name)
}

/** The bound on failed attempts of a registrar, counted in memory by its clock. */
import { type AttemptLimit, unlimitedAttempts } from '../runtime/attempt-limit.ts'
import { boundAttempts } from '../runtime/bound-attempts.ts'
import type { Clock } from '../runtime/clock.ts'
import { createFailureCount } from '../runtime/failure-count.ts'
import type { RegistrarLimits } from './options.ts'

const STANDARD = { perAddress: 50, windowSeconds: 900 }

export function createAttempts(limits: RegistrarLimits = {}, clock: Clock): AttemptLimit {
  const { attempts, failures = STANDARD } = limits
  if (attempts !== undefined) return attempts
  if (failures === false) return unlimitedAttempts
  const bounded = boundAttempts(failures.perAddress, createFailureCount(failures.windowSeconds, clock))
  // Callers whom nobody tells apart would lock each other out.
  const boundOf = (address: string) => (address === '' ? unlimitedAttempts : bounded)
  return {
    attempt: (gate, address, work) => boundOf(address).attempt(gate, address, work),
    attemptGuess: (gate, address, work) => boundOf(address).attemptGuess(gate, address, work),
    failed: (gate, address) => boundOf(address).failed(gate, address),
  }
}

/** The rule for passwords that people choose (NIST SP 800-63B-4 §3.1.1.2): length counts, and no kinds of characters. */
import type { AdminProblem } from './admin-error.ts'

const SHORTEST = 8
const LONGEST_BYTES = 1024
const RULE = 'NIST SP 800-63B-4 §3.1.1.2'

export function findPasswordProblem(password: string): readonly AdminProblem[] {
  if ([...password].length < SHORTEST) {
    const message = `must have at least ${SHORTEST} characters`
    return [{ member: 'password', reason: 'password.too_short', message, rule: RULE }]
  }
  // Measured as it is hashed: normalizing can make it longer.
  if (Buffer.byteLength(password.normalize('NFKC')) > LONGEST_BYTES) {
    const message = `must have at most ${LONGEST_BYTES} bytes`
    return [{ member: 'password', reason: 'password.too_long', message, rule: RULE }]
  }
  return []
}

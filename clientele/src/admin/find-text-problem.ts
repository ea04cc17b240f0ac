/** Words of an operator that are kept with a record and shown in lists. */
import type { AdminProblem } from './admin-error.ts'

const LONGEST = 200

/** What is wrong with a label, an owner or a policy's name; nothing when it is left out. */
export function findTextProblem(member: string, text: string | undefined): readonly AdminProblem[] {
  // Such words are shown in terminals, where control characters can rewrite the screen.
  if (text === undefined || (text.length >= 1 && text.length <= LONGEST && !/\p{Cc}/u.test(text))) return []
  const message = `must be 1 to ${LONGEST} characters without control characters`
  return [{ member, reason: `${member}.invalid`, message, rule: 'admin API' }]
}

/** An email address as accounts are compared by it: trimmed and lower-cased. Proves nothing about its form. */
export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase()
}

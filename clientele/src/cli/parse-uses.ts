/** A number of uses from 1, `unlimited` as it is, undefined for anything else. */
export function parseUses(text: string): number | 'unlimited' | undefined {
  if (text === 'unlimited') return text
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined
}

/** Epoch seconds as a person reads them: `2026-11-21 14:30 UTC`. */
export function renderTime(epochSeconds: number): string {
  return `${new Date(epochSeconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** When something ends, as the end of a sentence: `until …`, or `and never expires`. */
export function renderExpiry(expiresAt: unknown): string {
  return typeof expiresAt === 'number' ? `until ${renderTime(expiresAt)}` : 'and never expires'
}

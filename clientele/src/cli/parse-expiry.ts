const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** `30s`, `15m`, `24h`, `7d` in seconds, `never` as it is, undefined for anything else. */
export function parseExpiry(text: string): number | 'never' | undefined {
  if (text === 'never') return text
  const match = /^(\d{1,9})([smhd])$/.exec(text)
  const seconds = match ? Number(match[1]) * SECONDS[match[2]!]! : 0
  return seconds > 0 ? seconds : undefined
}

import type { Clock } from '../runtime/clock.ts'

/** Visible ASCII, as a header can carry it. */
const API_KEY = /^[\x21-\x7e]+$/
/** The longest that a timer waits. */
const MOST_MILLISECONDS = 2_147_483_647
const BOUNDS = {
  // A limit that is no number would never be reached: a client that was deleted would be served for ever.
  maxStaleMilliseconds: [0, MOST_MILLISECONDS],
  timeoutMilliseconds: [1, MOST_MILLISECONDS],
  mostClients: [0, 16_000_000],
} as const

/** Holds a reader's options against what they may be, for programs whose compiler does not. Throws `TypeError`. */
export function checkReaderOptions(given: unknown): void {
  if (typeof given !== 'object' || given === null) throw new TypeError('the options must be an object')
  const options = given as Readonly<Record<string, unknown>>
  const { url, apiKey, fetch, clock } = options
  const fault = findAddressFault(url)
  if (fault !== undefined) throw new TypeError(`url ${fault}`)
  if (typeof apiKey !== 'string' || !API_KEY.test(apiKey)) throw new TypeError('apiKey must be an API key')
  if (fetch !== undefined && typeof fetch !== 'function') throw new TypeError('fetch must be a function')
  if (clock !== undefined && typeof (clock as Partial<Clock> | null)?.milliseconds !== 'function')
    throw new TypeError('clock must be an object with the method milliseconds')
  for (const [name, [least, most]] of Object.entries(BOUNDS)) {
    const value = options[name]
    if (value === undefined) continue
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
      throw new TypeError(`${name} must be a whole number from ${least} to ${most}`)
  }
}

/** Paths are put behind it, and errors may name it. */
function findAddressFault(url: unknown): string | undefined {
  const address = typeof url === 'string' ? URL.parse(url) : null
  if (address === null || !/^https?:$/.test(address.protocol)) return 'must be an http or https address'
  if (address.username !== '' || address.password !== '') return 'must not have credentials in it'
  return /[?#]/.test(url as string)
    ? 'must end with its path: it cannot have a query or a fragment'
    : undefined
}

import { type Clock, systemClock } from '../runtime/clock.ts'
import { checkReaderOptions } from './check-reader-options.ts'
import { parseRegistryClient, type RegistryClient } from './registry-client.ts'

/** Where an authorization server asks for its clients. */
export interface RegistryReader {
  /** The client of that id, or undefined when there is none. Any text may be asked for. Rejects with `RegistryUnavailable`. */
  findClient(id: string): Promise<RegistryClient | undefined>
}

/** Where the registry is, and how fresh its answers have to be. */
export interface RegistryReaderOptions {
  /** The address of the registration host, without `/registry/…`: `http://clientele.internal:7591`. */
  readonly url: string
  /** An API key with the permission `registry-read`. */
  readonly apiKey: string
  /** Sends the requests; the platform's own `fetch` unless another is handed in. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>
  /**
   * How old an answer may be, in milliseconds: so long a client that was changed or deleted is still served as before. One
   * second unless said otherwise; 0 asks every time. In the second half of that time the next answer is fetched behind the
   * caller's back, so that nobody waits for a client that is in use.
   */
  readonly maxStaleMilliseconds?: number
  /** How long to wait for the registry, in milliseconds; two seconds unless said otherwise. */
  readonly timeoutMilliseconds?: number
  /** Clients that are remembered, the ones that were asked for last; 10,000 unless said otherwise. */
  readonly mostClients?: number
  readonly clock?: Clock
}

/** The registry did not answer, or not as a registry does. Serve nobody: a client that cannot be looked up may be gone. */
export class RegistryUnavailable extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'RegistryUnavailable'
  }
}

interface Remembered {
  readonly client: RegistryClient | undefined
  readonly etag: string | null
  /** Milliseconds since the epoch when the answer was asked for: it is at least so old. */
  readonly askedAt: number
}

/**
 * Looks clients up over HTTP and remembers them for a moment. Unchanged ones cost the registry no body (`ETag`); callers who
 * want the same client at once share one request; unknown ids are remembered like known ones. Throws `TypeError` for options that
 * cannot be used.
 */
export function createRegistryReader(options: RegistryReaderOptions): RegistryReader {
  checkReaderOptions(options)
  const { apiKey, fetch: send = globalThis.fetch, clock = systemClock } = options
  const { maxStaleMilliseconds = 1000, timeoutMilliseconds = 2000, mostClients = 10_000 } = options
  const base = `${options.url.replace(/\/+$/, '')}/registry/v1/clients/`
  const remembered = new Map<string, Remembered>()
  const asking = new Map<string, Promise<RegistryClient | undefined>>()

  /** One request at a time for an id. */
  function ask(id: string): Promise<RegistryClient | undefined> {
    const before = asking.get(id)
    if (before) return before
    const answer = lookUp(id).finally(() => asking.delete(id))
    asking.set(id, answer)
    return answer
  }

  async function lookUp(id: string): Promise<RegistryClient | undefined> {
    const known = remembered.get(id)
    const askedAt = clock.milliseconds()
    const response = await request(id, known?.etag ?? null)
    if (response.status === 304 && known) return remember(id, { ...known, askedAt })
    const body = await readBody(response)
    if (response.status === 404 && isUnknownClient(body))
      return remember(id, { client: undefined, etag: null, askedAt })
    if (response.status !== 200)
      throw new RegistryUnavailable(`the registry answered with ${response.status}`)
    const client = parse(body)
    if (client.client_id !== id) throw new RegistryUnavailable('the registry answered with another client')
    return remember(id, { client, etag: response.headers.get('etag'), askedAt })
  }

  async function request(id: string, etag: string | null): Promise<Response> {
    const headers = {
      authorization: `Bearer ${apiKey}`,
      accept: 'application/json',
      ...(etag === null ? {} : { 'if-none-match': etag }),
    }
    try {
      return await send(base + encodeURIComponent(id), {
        headers,
        // The key must not follow a redirect to somebody else, nor an answer come out of a cache that nobody bounds.
        redirect: 'error',
        cache: 'no-store',
        signal: AbortSignal.timeout(timeoutMilliseconds),
      } as RequestInit)
    } catch (cause) {
      throw new RegistryUnavailable('the registry could not be reached', cause)
    }
  }

  function remember(id: string, answer: Remembered): RegistryClient | undefined {
    remembered.delete(id)
    remembered.set(id, answer)
    const [oldest] = remembered.keys()
    if (remembered.size > mostClients && oldest !== undefined) remembered.delete(oldest)
    return answer.client
  }

  return {
    async findClient(id) {
      if (!isAskable(id)) return undefined
      const known = remembered.get(id)
      const age = known === undefined ? Number.POSITIVE_INFINITY : clock.milliseconds() - known.askedAt
      // A clock that went back makes no answer fresh.
      if (known === undefined || age < 0 || age >= maxStaleMilliseconds) return ask(id)
      if (age >= maxStaleMilliseconds / 2) ask(id).catch(() => {})
      return known.client
    },
  }
}

/** Whether an address can have the text as its last segment: dots would be a step upwards, however they are written. */
function isAskable(id: unknown): id is string {
  return typeof id === 'string' && id !== '' && id !== '.' && id !== '..' && id.isWellFormed()
}

async function readBody(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch (cause) {
    if (response.status !== 200) return undefined
    throw new RegistryUnavailable('the registry answered with something else than JSON', cause)
  }
}

/** A 404 of the registry itself. Any other means a wrong address, and must not read as "there are no clients". */
function isUnknownClient(body: unknown): boolean {
  return (body as { reason?: unknown } | undefined)?.reason === 'client.unknown'
}

function parse(body: unknown): RegistryClient {
  try {
    return parseRegistryClient(body)
  } catch (cause) {
    throw new RegistryUnavailable('the registry answered with something else than a client', cause)
  }
}

import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose'
import { isObject, type JsonObject } from '../oauth/json.ts'
import { type Clock, nowInSeconds } from './clock.ts'
import type { OutboundFetch } from './outbound-request.ts'

/** The public keys of an issuer that the operator trusts, for the signatures of its tokens and statements. */
export interface IssuerKeys {
  /** The keys as they are known now. Throws `KeysUnavailable` when there are none to be had. */
  current(): Promise<KeySet>
  /**
   * The keys fetched anew, for a token that names a `kid` which is not among the current ones; undefined where asking
   * again is of no use, failed, or was done a moment ago: the current keys stand, and have no such key.
   */
  renewed(): Promise<KeySet | undefined>
}

/** Finds the one key for a signature's header, by `kid`, `alg` and `use` (RFC 7517 §4); throws when there is none. */
export type KeySet = JWTVerifyGetKey

/** The issuer's keys cannot be fetched. What they would have proved is not proved: nobody is let in for it. */
export class KeysUnavailable extends Error {
  readonly retryAfterSeconds: number

  constructor(retryAfterSeconds: number, cause?: unknown) {
    super('the keys of the issuer cannot be fetched', { cause })
    this.name = 'KeysUnavailable'
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Keys from a file or from the configuration itself. */
export function fixedIssuerKeys(jwks: JsonObject): IssuerKeys {
  const keys = toKeySet(jwks)
  return { current: async () => keys, renewed: async () => undefined }
}

/** Where the keys are, and by which fetch and clock they are had. */
export interface RemoteIssuerKeysOptions {
  readonly location: KeysLocation
  readonly fetch: OutboundFetch
  readonly clock: Clock
  /** Hears of every fetch that failed, and why. */
  readonly onFailure?: (cause: unknown) => void
}

/** Where the keys are: at an address, or at the `jwks_uri` of the issuer's metadata (RFC 8414 §3). */
export type KeysLocation = { readonly url: string } | { readonly discoverFrom: string }

/** How long fetched keys count: a key that the issuer withdrew is trusted for no longer. */
const CACHE_SECONDS = 600
/** An unknown `kid` is anybody's to send: it makes us ask the issuer once in this time at most, whatever it answers. */
const RENEWAL_SECONDS = 60
/**
 * Without keys, the wait after a fetch that failed. It doubles with each failure, up to `RENEWAL_SECONDS`: strangers
 * cannot make us hammer an issuer that is down, and a short absence ends soon.
 */
const RETRY_SECONDS = 5

/** Keys from an address, kept for a while. Requests that arrive together share one fetch. */
export function remoteIssuerKeys(options: RemoteIssuerKeysOptions): IssuerKeys {
  const { location, fetch, clock, onFailure } = options
  let known: { readonly keys: KeySet; readonly fetchedAt: number } | undefined
  let triedAt = Number.NEGATIVE_INFINITY
  let failures = 0
  let fetching: Promise<KeySet> | undefined

  async function fetchKeys(): Promise<KeySet> {
    const now = nowInSeconds(clock)
    const wait = triedAt + retrySeconds(failures) - now
    if (wait > 0) throw new KeysUnavailable(wait)
    triedAt = now
    try {
      const keys = toKeySet(await readJson(await addressOf(location, fetch), fetch))
      known = { keys, fetchedAt: now }
      failures = 0
      return keys
    } catch (cause) {
      failures += 1
      onFailure?.(cause)
      throw new KeysUnavailable(retrySeconds(failures), cause)
    }
  }
  function fetchOnce(): Promise<KeySet> {
    fetching ??= fetchKeys().finally(() => {
      fetching = undefined
    })
    return fetching
  }

  return {
    async current() {
      return known && nowInSeconds(clock) < known.fetchedAt + CACHE_SECONDS ? known.keys : fetchOnce()
    },
    async renewed() {
      if (fetching === undefined && nowInSeconds(clock) < triedAt + RENEWAL_SECONDS) return undefined
      try {
        return await fetchOnce()
      } catch {
        return undefined
      }
    },
  }
}

function retrySeconds(failures: number): number {
  return failures === 0 ? 0 : Math.min(RENEWAL_SECONDS, RETRY_SECONDS * 2 ** (failures - 1))
}

async function addressOf(location: KeysLocation, fetch: OutboundFetch): Promise<string> {
  if ('url' in location) return location.url
  const issuer = location.discoverFrom
  const metadata = await readMetadata(issuer, fetch)
  // RFC 8414 §3.3: a document that speaks for another issuer speaks for nobody.
  if (metadata.issuer !== issuer) throw new Error('the metadata is of another issuer')
  if (typeof metadata.jwks_uri !== 'string') throw new Error('the metadata has no jwks_uri')
  return metadata.jwks_uri
}

/** At the address of RFC 8414 §3.1, else at that of OpenID Connect Discovery 1.0 §4, which most servers have. */
async function readMetadata(issuer: string, fetch: OutboundFetch): Promise<JsonObject> {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  try {
    return await readJson(`${origin}/.well-known/oauth-authorization-server${path}`, fetch)
  } catch {
    return readJson(`${origin}${path}/.well-known/openid-configuration`, fetch)
  }
}

async function readJson(url: string, fetch: OutboundFetch): Promise<JsonObject> {
  const response = await fetch(url, { headers: { accept: 'application/json' } })
  if (response.status !== 200) throw new Error(`the answer has status ${response.status}`)
  const document: unknown = await response.json()
  if (!isObject(document)) throw new Error('the document is not a JSON object')
  return document
}

/** Of a JWK Set only the public keys: what was published with its private part, everybody can sign with. */
function toKeySet(jwks: JsonObject): KeySet {
  if (!Array.isArray(jwks.keys)) throw new Error('the document is not a JWK Set')
  const keys = jwks.keys.filter((key) => isObject(key) && !Object.hasOwn(key, 'd'))
  return createLocalJWKSet({ keys: keys as never })
}

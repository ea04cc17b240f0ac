/** What a request to the outside is, whoever sends it: no type of Node's, for programs that do not run on it. */

/** A request to an address that a client named (its `jwks_uri`, its `backchannel_logout_uri`), or that the operator did. */
export type OutboundFetch = (url: string, request?: OutboundRequest) => Promise<Response>

export interface OutboundRequest {
  readonly method?: string
  readonly headers?: Headers | Record<string, string>
  readonly body?: string | URLSearchParams
  /** Gives the request up before its time. */
  readonly signal?: AbortSignal
}

/** One error for every failure: which of them it was would map the network behind us for a stranger (SSRF). */
export class OutboundFetchError extends Error {
  constructor(cause: unknown) {
    super('the document could not be fetched', { cause })
    this.name = 'OutboundFetchError'
  }
}

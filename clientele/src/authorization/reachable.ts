import { errors } from 'oidc-provider'
import { StoreUnavailable } from '../stores/store.ts'

/**
 * Waits for the store on the engine's behalf. The engine would call a store that is away a bug of its own and answer
 * 500; it is `temporarily_unavailable` (RFC 6749 §4.1.2.1) with 503, and the client may try again.
 */
export async function reachable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw error instanceof StoreUnavailable ? temporarilyUnavailable(error) : error
  }
}

function temporarilyUnavailable(cause: StoreUnavailable): Error {
  const error = new errors.TemporarilyUnavailable('the server cannot answer right now, try again')
  return Object.assign(error, { status: 503, statusCode: 503, cause })
}

/** Sends the replies of one turn of the event loop together. */
import type { EventLoop } from '../runtime/event-loop.ts'

type Fetch<Environment> = (request: Request, environment: Environment) => Response | Promise<Response>

/**
 * Holds the reply to a GET back until everything that arrived in this turn has been handled. Sent one by one, each reply
 * goes to a caller that has just gone to sleep; sent together, a read took half the processor time (measured at 32
 * connections on a virtual machine). A reply to a write has waited for its commit, with its neighbours.
 */
export function sendTogether<Environment>(fetch: Fetch<Environment>, loop: EventLoop): Fetch<Environment> {
  let endOfTurn: Promise<void> | undefined
  const waitForEndOfTurn = () => {
    endOfTurn ??= new Promise((resolve) => {
      loop.atEndOfTurn(() => {
        endOfTurn = undefined
        resolve()
      })
    })
    return endOfTurn
  }
  return async (request, environment) => {
    const response = await fetch(request, environment)
    if (request.method === 'GET') await waitForEndOfTurn()
    return response
  }
}

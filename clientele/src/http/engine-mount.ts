import type { IncomingMessage, ServerResponse } from 'node:http'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'

/** Answers on the Node request and response themselves, as the authorization engine does. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Hands a request over to a Node handler. Only under a Node host: elsewhere there is no such request to hand over. */
export function mountNodeHandler(handler: NodeHandler): (c: Context) => Promise<Response> {
  return async (c) => {
    const { incoming, outgoing } = c.env as { incoming: IncomingMessage; outgoing: ServerResponse }
    await handler(incoming, outgoing)
    return RESPONSE_ALREADY_SENT
  }
}

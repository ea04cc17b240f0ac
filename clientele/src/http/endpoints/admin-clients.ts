/** The admin API's routes for clients: what is registered, and why it is so. */
import { Hono } from 'hono'
import type { Page } from '../../admin/credential-state.ts'
import type { ShownClient } from '../../admin/get-client.ts'
import type { ClientPageRequest, ListedClient } from '../../admin/list-clients.ts'
import { answerAdmin, toWire } from './admin-answer.ts'
import { answerPage, readPageRequest } from './admin-list.ts'
import { checkOperator, type IsOperator } from './admin-request.ts'

export interface ClientVerbs {
  listClients(page: ClientPageRequest): Promise<Page<ListedClient>>
  getClient(id: string): Promise<ShownClient>
}

export function clientRoutes(isOperator: IsOperator, verbs: ClientVerbs): Hono {
  const routes = new Hono()
  const path = '/admin/v1/clients'

  routes.get(path, async (c) => {
    checkOperator(c.req.raw, isOperator)
    const { term } = c.req.query()
    const page = readPageRequest(c)
    return answerPage('clients', await verbs.listClients(term === undefined ? page : { ...page, term }))
  })

  routes.get(`${path}/:id`, async (c) => {
    checkOperator(c.req.raw, isOperator)
    return answerAdmin(200, renderClient(await verbs.getClient(c.req.param('id'))))
  })

  return routes
}

function renderClient(client: ShownClient): object {
  const { caller, vouched, secrets } = client
  return {
    ...toWire(client),
    caller: toWire(caller),
    ...(vouched === undefined
      ? {}
      : {
          vouched: {
            ...vouched,
            ...(vouched.bounds === undefined ? {} : { bounds: toWire(vouched.bounds) }),
          },
        }),
    secrets: secrets.map(toWire),
  }
}

/** The admin API's routes for clients: what is registered, and why it is so. */
import { Hono } from 'hono'
import { z } from 'zod'
import type { Page } from '../../admin/credential-state.ts'
import type { ShownClient } from '../../admin/get-client.ts'
import type { ClientPageRequest, ListedClient } from '../../admin/list-clients.ts'
import type { ClientWithPolicy, NewClientPolicy } from '../../admin/set-client-policy.ts'
import { answerAdmin, toWire } from './admin-answer.ts'
import { answerPage, readPageRequest } from './admin-list.ts'
import { checkOperator, type IsOperator, readAdminRequest } from './admin-request.ts'

export interface ClientVerbs {
  listClients(page: ClientPageRequest): Promise<Page<ListedClient>>
  getClient(id: string): Promise<ShownClient>
  setClientPolicy(id: string, request: NewClientPolicy): Promise<ClientWithPolicy>
}

const newPolicy = z.strictObject({ policy: z.string(), revision: z.int().min(1).exactOptional() })

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

  routes.put(`${path}/:id/policy`, async (c) => {
    const request = await readAdminRequest(c.req.raw, newPolicy, isOperator)
    return answerAdmin(200, toWire(await verbs.setClientPolicy(c.req.param('id'), request)))
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

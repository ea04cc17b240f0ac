/** The admin API's routes for connectors: other servers that clients are mirrored into. */
import { Hono } from 'hono'
import type { SyncNews } from '../../admin/sync-connector.ts'
import { toWire } from './admin-answer.ts'
import { type IsOperator, nothing, readAdminRequest } from './admin-request.ts'
import { answerLines } from './answer-lines.ts'

export interface ConnectorVerbs {
  /** Rejects when there is no such connector; then works as it is read. */
  syncConnector(name: string): Promise<AsyncGenerator<SyncNews>>
}

export function connectorRoutes(isOperator: IsOperator, verbs: ConnectorVerbs): Hono {
  const routes = new Hono()
  routes.post('/admin/v1/connectors/:name/sync', async (c) => {
    await readAdminRequest(c.req.raw, nothing, isOperator)
    return answerLines(await verbs.syncConnector(c.req.param('name')), toWire)
  })
  return routes
}

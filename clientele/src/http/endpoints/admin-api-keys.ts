/** The admin API's routes for API keys. */
import { Hono } from 'hono'
import { z } from 'zod'
import type { CreatedApiKey, NewApiKey } from '../../admin/create-api-key.ts'
import type { Page, PageRequest } from '../../admin/credential-state.ts'
import type { ListedApiKey } from '../../admin/list-api-keys.ts'
import { answerAdmin, toWire } from './admin-answer.ts'
import { answerPage, readPageRequest } from './admin-list.ts'
import { checkOperator, type IsOperator, nothing, readAdminRequest } from './admin-request.ts'

export interface ApiKeyVerbs {
  createApiKey(request: NewApiKey): Promise<CreatedApiKey>
  listApiKeys(page: PageRequest): Promise<Page<ListedApiKey>>
  /** When it was revoked. */
  revokeApiKey(id: string): Promise<number>
}

const QUARTER = 90 * 24 * 3600

const newApiKey = z.strictObject({
  permissions: z.array(z.string()).max(100),
  expires_in: z.number().nullable().default(QUARTER),
  label: z.string().optional(),
  owner: z.string().optional(),
  policy: z.string().optional(),
})

export function apiKeyRoutes(isOperator: IsOperator, verbs: ApiKeyVerbs): Hono {
  const routes = new Hono()
  const path = '/admin/v1/api-keys'

  routes.post(path, async (c) => {
    const request = await readAdminRequest(c.req.raw, newApiKey, isOperator)
    const { permissions, expires_in, label, owner, policy } = request
    const { key, record } = await verbs.createApiKey({
      permissions,
      expiresInSeconds: expires_in,
      ...(label === undefined ? {} : { label }),
      ...(owner === undefined ? {} : { owner }),
      ...(policy === undefined ? {} : { policy }),
    })
    const { hash: _, ...shown } = record
    return answerAdmin(201, { key, ...toWire(shown) })
  })

  routes.get(path, async (c) => {
    checkOperator(c.req.raw, isOperator)
    return answerPage('api_keys', await verbs.listApiKeys(readPageRequest(c)))
  })

  routes.post(`${path}/:id/revoke`, async (c) => {
    await readAdminRequest(c.req.raw, nothing, isOperator)
    const id = c.req.param('id')
    return answerAdmin(200, { id, revoked_at: await verbs.revokeApiKey(id) })
  })

  return routes
}

/** The admin API's routes for initial access tokens. */
import { Hono } from 'hono'
import { z } from 'zod'
import type {
  CreatedInitialAccessToken,
  NewInitialAccessToken,
} from '../../admin/create-initial-access-token.ts'
import type { Page, PageRequest } from '../../admin/credential-state.ts'
import type { ListedInitialAccessToken } from '../../admin/list-initial-access-tokens.ts'
import type { JsonObject } from '../../oauth/json.ts'
import { answerAdmin, toWire } from './admin-answer.ts'
import { answerPage, readPageRequest } from './admin-list.ts'
import { checkOperator, type IsOperator, nothing, readAdminRequest } from './admin-request.ts'

export interface InitialAccessTokenVerbs {
  createInitialAccessToken(request: NewInitialAccessToken): Promise<CreatedInitialAccessToken>
  listInitialAccessTokens(page: PageRequest): Promise<Page<ListedInitialAccessToken>>
  /** When it was revoked. */
  revokeInitialAccessToken(id: string): Promise<number>
}

const DAY = 24 * 3600

const newInitialAccessToken = z.strictObject({
  uses: z.number().nullable().default(1),
  expires_in: z.number().nullable().default(DAY),
  label: z.string().optional(),
  owner: z.string().optional(),
  policy: z.string().optional(),
  fixed: z.record(z.string(), z.json()).optional(),
  permissions: z.array(z.string()).max(100).optional(),
})

export function initialAccessTokenRoutes(isOperator: IsOperator, verbs: InitialAccessTokenVerbs): Hono {
  const routes = new Hono()
  const path = '/admin/v1/initial-access-tokens'

  routes.post(path, async (c) => {
    const body = await readAdminRequest(c.req.raw, newInitialAccessToken, isOperator)
    const { expires_in, label, owner, policy, fixed, permissions } = body
    const { token, record } = await verbs.createInitialAccessToken({
      uses: body.uses,
      expiresInSeconds: expires_in,
      ...(label === undefined ? {} : { label }),
      ...(owner === undefined ? {} : { owner }),
      ...(policy === undefined ? {} : { policy }),
      ...(fixed === undefined ? {} : { fixed: fixed as JsonObject }),
      ...(permissions === undefined ? {} : { permissions }),
    })
    const { hash: _, ...shown } = record
    return answerAdmin(201, { token, ...toWire(shown) })
  })

  routes.get(path, async (c) => {
    checkOperator(c.req.raw, isOperator)
    return answerPage('initial_access_tokens', await verbs.listInitialAccessTokens(readPageRequest(c)))
  })

  routes.post(`${path}/:id/revoke`, async (c) => {
    await readAdminRequest(c.req.raw, nothing, isOperator)
    const id = c.req.param('id')
    return answerAdmin(200, { id, revoked_at: await verbs.revokeInitialAccessToken(id) })
  })

  return routes
}

/**
 * The admin API: what the operator's command line asks of the running server. JSON in and out, one operator bearer
 * token (RFC 6750 §2.1), no CORS: a browser page has no business here.
 */
import { Hono } from 'hono'
import { z } from 'zod'
import type { CreatedAccount, NewAccount } from '../../admin/create-account.ts'
import type { RotatedSigningKeys } from '../../admin/rotate-signing-keys.ts'
import { answerAdmin, toWire } from './admin-answer.ts'
import { type ApiKeyVerbs, apiKeyRoutes } from './admin-api-keys.ts'
import { type InitialAccessTokenVerbs, initialAccessTokenRoutes } from './admin-initial-access-tokens.ts'
import { type IsOperator, nothing, readAdminRequest } from './admin-request.ts'
import { type ServiceAccountVerbs, serviceAccountRoutes } from './admin-service-accounts.ts'

/** What the operator can do with a running server, here and through the admin API. */
export interface OperatorVerbs extends InitialAccessTokenVerbs, ApiKeyVerbs, ServiceAccountVerbs {
  createAccount(request: NewAccount): Promise<CreatedAccount>
  rotateSigningKeys(): Promise<RotatedSigningKeys>
}

export interface AdminRoutesDeps extends OperatorVerbs {
  /** Whether a presented bearer token is the operator's. */
  readonly isOperator: IsOperator
}

const newAccount = z.strictObject({ email: z.string(), password: z.string() })

/** The admin API's routes, below `/admin/v1`. Errors are thrown; the app renders them. */
export function adminRoutes(deps: AdminRoutesDeps): Hono {
  const routes = new Hono()
  const { isOperator } = deps

  routes.route('/', initialAccessTokenRoutes(isOperator, deps))
  routes.route('/', apiKeyRoutes(isOperator, deps))
  routes.route('/', serviceAccountRoutes(isOperator, deps))

  routes.post('/admin/v1/accounts', async (c) => {
    const request = await readAdminRequest(c.req.raw, newAccount, isOperator)
    return answerAdmin(201, toWire(await deps.createAccount(request)))
  })

  routes.post('/admin/v1/signing-keys/rotate', async (c) => {
    await readAdminRequest(c.req.raw, nothing, isOperator)
    return answerAdmin(200, toWire(await deps.rotateSigningKeys()))
  })

  return routes
}

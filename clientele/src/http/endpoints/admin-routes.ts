/**
 * The admin API: what the operator's command line asks of the running server. JSON in and out, one operator bearer
 * token (RFC 6750 §2.1), no CORS: a browser page has no business here.
 */
import { Hono } from 'hono'
import { z } from 'zod'
import type { CreatedAccount, NewAccount } from '../../admin/create-account.ts'
import { OAuthError } from '../../oauth/errors.ts'
import { answerAdmin, toWire } from './admin-answer.ts'
import { type ApiKeyVerbs, apiKeyRoutes } from './admin-api-keys.ts'
import { type ClientVerbs, clientRoutes } from './admin-clients.ts'
import { type ConnectorVerbs, connectorRoutes } from './admin-connectors.ts'
import { type InitialAccessTokenVerbs, initialAccessTokenRoutes } from './admin-initial-access-tokens.ts'
import { type PolicyVerbs, policyRoutes } from './admin-policies.ts'
import { type IsOperator, readAdminRequest } from './admin-request.ts'
import { type ServiceAccountVerbs, serviceAccountRoutes } from './admin-service-accounts.ts'
import { type SigningKeyVerbs, signingKeyRoutes } from './admin-signing-keys.ts'

/** What the operator can do with a running server, here and through the admin API. */
export interface OperatorVerbs
  extends InitialAccessTokenVerbs,
    ApiKeyVerbs,
    ServiceAccountVerbs,
    ClientVerbs,
    PolicyVerbs,
    ConnectorVerbs,
    SigningKeyVerbs {
  createAccount(request: NewAccount): Promise<CreatedAccount>
}

export interface AdminRoutesDeps extends OperatorVerbs {
  /** Whether a presented bearer token is the operator's. */
  readonly isOperator: IsOperator
  /** Which of the two hosts this is, where they are apart: each serves the part of the API whose data it writes. */
  readonly host?: 'registration' | 'authorization'
}

const newAccount = z.strictObject({ email: z.string(), password: z.string() })

/** The admin API's routes, below `/admin/v1`. Errors are thrown; the app renders them. */
export function adminRoutes(deps: AdminRoutesDeps): Hono {
  const routes = new Hono()
  const { isOperator, host } = deps

  if (host !== 'registration') routes.route('/', signingKeyRoutes(isOperator, deps))
  if (host !== 'authorization') routes.route('/', registrationHostRoutes(deps))
  if (host !== undefined) {
    const [here, there] =
      host === 'registration' ? [host, 'the authorization host'] : [host, 'the registration host']
    routes.all('/admin/v1/*', () => {
      throw new OAuthError('not_found', 'admin.other_host', `This is the ${here} host. Ask ${there}.`)
    })
  }
  return routes
}

function registrationHostRoutes(deps: AdminRoutesDeps): Hono {
  const routes = new Hono()
  const { isOperator } = deps

  routes.route('/', initialAccessTokenRoutes(isOperator, deps))
  routes.route('/', apiKeyRoutes(isOperator, deps))
  routes.route('/', serviceAccountRoutes(isOperator, deps))
  routes.route('/', clientRoutes(isOperator, deps))
  routes.route('/', policyRoutes(isOperator, deps))
  routes.route('/', connectorRoutes(isOperator, deps))

  routes.post('/admin/v1/accounts', async (c) => {
    const request = await readAdminRequest(c.req.raw, newAccount, isOperator)
    return answerAdmin(201, toWire(await deps.createAccount(request)))
  })

  return routes
}

/**
 * The admin API: what the operator's command line asks of the running server. JSON in and out, one operator bearer
 * token (RFC 6750 §2.1), no CORS: a browser page has no business here.
 */
import { Hono } from 'hono'
import { z } from 'zod'
import type { CreatedAccount, NewAccount } from '../../admin/create-account.ts'
import type {
  CreatedInitialAccessToken,
  NewInitialAccessToken,
} from '../../admin/create-initial-access-token.ts'
import type { RotatedSigningKeys } from '../../admin/rotate-signing-keys.ts'
import { readAdminRequest } from './admin-request.ts'

export interface AdminRoutesDeps {
  /** Whether a presented bearer token is the operator's. */
  readonly isOperator: (token: string) => boolean
  readonly createInitialAccessToken: (request: NewInitialAccessToken) => Promise<CreatedInitialAccessToken>
  readonly createAccount: (request: NewAccount) => Promise<CreatedAccount>
  readonly rotateSigningKeys: () => Promise<RotatedSigningKeys>
}

const DAY = 24 * 3600

const newInitialAccessToken = z.strictObject({
  uses: z.number().nullable().default(1),
  expires_in: z.number().nullable().default(DAY),
  label: z.string().optional(),
})

const newAccount = z.strictObject({ email: z.string(), password: z.string() })

const nothing = z.strictObject({})

/** The admin API's routes, below `/admin/v1`. Errors are thrown; the app renders them. */
export function adminRoutes(deps: AdminRoutesDeps): Hono {
  const routes = new Hono()

  routes.post('/admin/v1/initial-access-tokens', async (c) => {
    const { uses, expires_in, label } = await readAdminRequest(
      c.req.raw,
      newInitialAccessToken,
      deps.isOperator,
    )
    const { token, record } = await deps.createInitialAccessToken({
      uses,
      expiresInSeconds: expires_in,
      ...(label === undefined ? {} : { label }),
    })
    return answer(201, {
      token,
      id: record.id,
      uses_left: record.usesLeft,
      expires_at: record.expiresAt,
      created_at: record.createdAt,
      ...(record.label === undefined ? {} : { label: record.label }),
    })
  })

  routes.post('/admin/v1/accounts', async (c) => {
    const request = await readAdminRequest(c.req.raw, newAccount, deps.isOperator)
    const account = await deps.createAccount(request)
    return answer(201, { id: account.id, email: account.email, created_at: account.createdAt })
  })

  routes.post('/admin/v1/signing-keys/rotate', async (c) => {
    await readAdminRequest(c.req.raw, nothing, deps.isOperator)
    const { keys, previousKeysDeletedAfter } = await deps.rotateSigningKeys()
    return answer(200, { keys, previous_keys_deleted_after: previousKeysDeletedAfter })
  })

  return routes
}

function answer(status: number, body: object): Response {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  return new Response(JSON.stringify(body), { status, headers })
}

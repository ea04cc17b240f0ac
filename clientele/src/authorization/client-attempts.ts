import type { EventEmitter } from 'node:events'
import { type Client, errors, type KoaContextWithOIDC, Provider } from 'oidc-provider'
import { OAuthError } from '../oauth/errors.ts'
import type { AttemptLimit } from '../runtime/attempt-limit.ts'
import { findRequestFacts } from '../runtime/request-facts.ts'
import { clientRecordOf } from './find-client.ts'
import { isUnregistered } from './unregistered-client.ts'

/** Where a client authenticates (RFC 6749 §3.2.1, RFC 7009, RFC 7662, RFC 8628, RFC 9126), and how a failure is told. */
const ROUTES = new Map([
  ['token', 'grant.error'],
  ['introspection', 'introspection.error'],
  ['revocation', 'revocation.error'],
  ['device_authorization', 'device_authorization.error'],
  ['pushed_authorization_request', 'pushed_authorization_request.error'],
])

type FindClient = (id: string) => Promise<Client | undefined>

/**
 * Bounds the guessing of client secrets (RFC 6749 §2.3.1): failures are counted by client and network address together.
 * By client alone, any stranger could lock a client out; by address alone, one broken client would lock out its
 * neighbours. Ids that nobody registered are not counted: there is nothing to guess, and they would fill the memory.
 */
export function limitClientAttempts(
  provider: Provider,
  find: FindClient,
  attempts: AttemptLimit,
): FindClient {
  for (const event of ROUTES.values()) {
    ;(provider as EventEmitter).on(event, (ctx: KoaContextWithOIDC, error: { readonly error?: unknown }) => {
      const { client } = ctx.oidc
      if (error.error === 'invalid_client' && client && !isUnregistered(clientRecordOf(client)))
        void attempts.failed(gateOf(client.clientId), addressOf(ctx))
    })
  }
  return async (id) => {
    const ctx = Provider.ctx
    if (
      ctx !== undefined &&
      typeof id === 'string' &&
      ROUTES.has(ctx.oidc.route) &&
      ctx.oidc.client === undefined
    )
      await check(ctx, id, attempts)
    return find(id)
  }
}

async function check(ctx: KoaContextWithOIDC, id: string, attempts: AttemptLimit): Promise<void> {
  try {
    await attempts.check(gateOf(id), addressOf(ctx))
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    ctx.set({ 'retry-after': String(error.retryAfterSeconds ?? 1), 'cache-control': 'no-store' })
    throw Object.assign(new errors.CustomOIDCProviderError(error.code, error.message), {
      status: error.status,
      statusCode: error.status,
    })
  }
}

function gateOf(clientId: string): string {
  return `client ${clientId}`
}

function addressOf(ctx: KoaContextWithOIDC): string {
  return findRequestFacts(ctx.req)?.address ?? ctx.req.socket.remoteAddress ?? ''
}

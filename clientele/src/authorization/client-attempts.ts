import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { AttemptLimit } from '../runtime/attempt-limit.ts'
import { findRequestFacts } from '../runtime/request-facts.ts'
import { clientRecordOf } from './find-client.ts'
import { isUnregistered } from './unregistered-client.ts'

/** Where a client authenticates (RFC 6749 §3.2.1, RFC 7009, RFC 7662, RFC 8628, RFC 9126). */
const ROUTES = new Set([
  'token',
  'introspection',
  'revocation',
  'device_authorization',
  'pushed_authorization_request',
])

/**
 * Bounds the guessing of client secrets (RFC 6749 §2.3.1): failures are counted by client and network address together,
 * and answered with 429 once there were too many. The right secret always passes: secrets are too long to be guessed, and
 * a client may share its address with the one that fails, or with everybody where a proxy is not declared. Ids that nobody
 * registered are not counted: there is nothing to guess, and they would fill the memory.
 */
export function limitClientAttempts(provider: Provider, attempts: AttemptLimit): void {
  provider.use(async (ctx, next) => {
    await next()
    const client = failedClient(ctx as KoaContextWithOIDC)
    if (client === undefined) return
    const tooMany = await attempts.failed(`client ${client}`, addressOf(ctx as KoaContextWithOIDC))
    if (tooMany === undefined) return
    ctx.status = tooMany.status
    ctx.remove('www-authenticate')
    ctx.set({ 'retry-after': String(tooMany.retryAfterSeconds ?? 1), 'cache-control': 'no-store' })
    ctx.body = { error: tooMany.code, error_description: tooMany.message }
  })
}

/** The registered client whose authentication was just refused. */
function failedClient({ oidc, body }: KoaContextWithOIDC): string | undefined {
  const { client } = oidc ?? {}
  if (client === undefined || !ROUTES.has(oidc.route)) return undefined
  if ((body as { error?: unknown } | undefined)?.error !== 'invalid_client') return undefined
  return isUnregistered(clientRecordOf(client)) ? undefined : client.clientId
}

function addressOf(ctx: KoaContextWithOIDC): string {
  return findRequestFacts(ctx.req)?.address ?? ctx.req.socket.remoteAddress ?? ''
}

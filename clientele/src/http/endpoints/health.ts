/** Liveness and readiness, for whoever supervises the process. Say nothing but yes or no: anyone may ask. */
import { Hono } from 'hono'

export interface HealthDeps {
  /** Resolves when the store can answer a read and take a write. */
  readonly ready: () => Promise<void>
  /** The server finishes what it has and takes no more. */
  readonly isDraining: () => boolean
}

/** `GET /livez` and `GET /readyz`. */
export function healthRoutes(deps: HealthDeps): Hono {
  const routes = new Hono()
  routes.get('/livez', () => answer(200, 'alive'))
  routes.get('/readyz', async () => {
    if (deps.isDraining()) return answer(503, 'draining')
    try {
      await deps.ready()
      return answer(200, 'ready')
    } catch {
      return answer(503, 'store unavailable')
    }
  })
  return routes
}

function answer(status: number, text: string): Response {
  const retry = status === 503 ? { 'retry-after': '1' } : {}
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', ...retry }
  return new Response(JSON.stringify({ status: text }), { status, headers })
}

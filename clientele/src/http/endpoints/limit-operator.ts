import { Hono } from 'hono'
import { type AttemptLimit, isBadCredential } from '../../runtime/attempt-limit.ts'
import { factsOf } from '../note-client.ts'

/** Bounds the guessing of the operator token at the routes of the admin API. */
export function limitOperator(routes: Hono, attempts: AttemptLimit): Hono {
  const limited = new Hono()
  limited.use('/admin/*', async (c, next) => {
    const address = factsOf(c)?.address ?? ''
    await attempts.check('operator', address)
    await next()
    // What a route throws is rendered further out; here it is known by the context.
    if (isBadCredential(c.error)) await attempts.failed('operator', address)
  })
  limited.route('/', routes)
  return limited
}

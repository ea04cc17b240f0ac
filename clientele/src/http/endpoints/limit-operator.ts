import { Hono } from 'hono'
import type { AttemptLimit } from '../../runtime/attempt-limit.ts'
import { factsOf } from '../note-client.ts'
import { checkOperator, type IsOperator } from './admin-request.ts'

export interface LimitOperatorOptions {
  readonly isOperator: IsOperator
  readonly attempts: AttemptLimit
}

/** Lets the operator alone to the routes of the admin API, and bounds the attempts of everybody else. */
export function limitOperator(routes: Hono, { isOperator, attempts }: LimitOperatorOptions): Hono {
  const limited = new Hono()
  limited.use('/admin/*', async (c, next) => {
    const address = factsOf(c)?.address ?? ''
    await attempts.attempt('operator', address, async () => checkOperator(c.req.raw, isOperator))
    await next()
  })
  limited.route('/', routes)
  return limited
}

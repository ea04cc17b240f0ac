/** The admin API's routes for policies: checked, tried and replayed before anybody meets them. */
import { Hono } from 'hono'
import { z } from 'zod'
import type { CheckedPolicy, WrittenPolicy } from '../../admin/policy-texts.ts'
import type { ReplayNews, ReplayRequest } from '../../admin/replay-policy.ts'
import type { PolicyTrial, PolicyTrialRequest } from '../../admin/try-policy.ts'
import { answerAdmin, toWire } from './admin-answer.ts'
import { type IsOperator, readAdminRequest } from './admin-request.ts'
import { answerLines } from './answer-lines.ts'

export interface PolicyVerbs {
  checkPolicies(written: readonly WrittenPolicy[]): Promise<readonly CheckedPolicy[]>
  tryPolicy(request: PolicyTrialRequest): Promise<PolicyTrial>
  /** Rejects when there is no such policy; then judges as it is read. */
  replayPolicy(request: ReplayRequest): Promise<AsyncGenerator<ReplayNews>>
}

/** Policies are texts, and people write comments into them. */
const MOST_BYTES = 1_048_576

const written = z.strictObject({ text: z.string(), file: z.string().max(1000).exactOptional() })
const wanted = { policy: z.string().exactOptional(), written: written.exactOptional() }
const checkRequest = z.strictObject({ policies: z.array(written).max(1000) })
const tryRequest = z.strictObject({
  ...wanted,
  body: z.record(z.string(), z.json()),
  as: z.string().max(1000).exactOptional(),
  owner: z.string().max(1000).exactOptional(),
  permissions: z.array(z.string()).max(100).exactOptional(),
  claims: z.record(z.string(), z.json()).exactOptional(),
  certificate_subject: z.string().max(1000).exactOptional(),
  address: z.string().max(100).exactOptional(),
})
const replayRequest = z.strictObject({ ...wanted, governed_only: z.boolean().default(false) })

export function policyRoutes(isOperator: IsOperator, verbs: PolicyVerbs): Hono {
  const routes = new Hono()
  const path = '/admin/v1/policies'

  routes.post(`${path}/check`, async (c) => {
    const { policies } = await readAdminRequest(c.req.raw, checkRequest, isOperator, MOST_BYTES)
    return answerAdmin(200, { policies: (await verbs.checkPolicies(policies)).map(toWire) })
  })

  routes.post(`${path}/try`, async (c) => {
    const request = await readAdminRequest(c.req.raw, tryRequest, isOperator, MOST_BYTES)
    const { certificate_subject: subject, ...rest } = request
    const trial = { ...rest, ...(subject === undefined ? {} : { certificateSubject: subject }) }
    return answerAdmin(200, renderTrial(await verbs.tryPolicy(trial as PolicyTrialRequest)))
  })

  routes.post(`${path}/replay`, async (c) => {
    const request = await readAdminRequest(c.req.raw, replayRequest, isOperator, MOST_BYTES)
    const { governed_only: governedOnly, ...rest } = request
    return answerLines(await verbs.replayPolicy({ ...rest, governedOnly }), toWire)
  })

  return routes
}

function renderTrial(trial: PolicyTrial): object {
  return { ...toWire(trial), budgets: trial.budgets.map(toWire) }
}

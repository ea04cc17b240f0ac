/** The admin API's routes for the keys that the authorization server signs with. */
import { Hono } from 'hono'
import type { RotatedSigningKeys } from '../../admin/rotate-signing-keys.ts'
import { answerAdmin, toWire } from './admin-answer.ts'
import { type IsOperator, nothing, readAdminRequest } from './admin-request.ts'

export interface SigningKeyVerbs {
  rotateSigningKeys(): Promise<RotatedSigningKeys>
}

export function signingKeyRoutes(isOperator: IsOperator, verbs: SigningKeyVerbs): Hono {
  const routes = new Hono()
  routes.post('/admin/v1/signing-keys/rotate', async (c) => {
    await readAdminRequest(c.req.raw, nothing, isOperator)
    return answerAdmin(200, toWire(await verbs.rotateSigningKeys()))
  })
  return routes
}

/** The admin API's routes for service accounts. */
import { Hono } from 'hono'
import { z } from 'zod'
import type { NewServiceAccount } from '../../admin/create-service-account.ts'
import type { Page, PageRequest } from '../../admin/credential-state.ts'
import type { ListedServiceAccount } from '../../admin/list-service-accounts.ts'
import type { ServiceAccountRecord } from '../../clients/service-account.ts'
import { answerAdmin, toWire } from './admin-answer.ts'
import { answerPage, readPageRequest } from './admin-list.ts'
import { checkOperator, type IsOperator, readAdminRequest } from './admin-request.ts'

export interface ServiceAccountVerbs {
  createServiceAccount(request: NewServiceAccount): Promise<ServiceAccountRecord>
  listServiceAccounts(page: PageRequest): Promise<Page<ListedServiceAccount>>
  deleteServiceAccount(name: string): Promise<void>
}

const newServiceAccount = z.strictObject({
  name: z.string(),
  password: z.string(),
  permissions: z.array(z.string()).max(100),
  label: z.string().optional(),
  owner: z.string().optional(),
})

export function serviceAccountRoutes(isOperator: IsOperator, verbs: ServiceAccountVerbs): Hono {
  const routes = new Hono()
  const path = '/admin/v1/service-accounts'

  routes.post(path, async (c) => {
    const { label, owner, ...rest } = await readAdminRequest(c.req.raw, newServiceAccount, isOperator)
    const account = await verbs.createServiceAccount({
      ...rest,
      ...(label === undefined ? {} : { label }),
      ...(owner === undefined ? {} : { owner }),
    })
    const { passwordHash: _, ...shown } = account
    return answerAdmin(201, toWire(shown))
  })

  routes.get(path, async (c) => {
    checkOperator(c.req.raw, isOperator)
    return answerPage('service_accounts', await verbs.listServiceAccounts(readPageRequest(c)))
  })

  routes.delete(`${path}/:name`, async (c) => {
    checkOperator(c.req.raw, isOperator)
    const name = c.req.param('name')
    await verbs.deleteServiceAccount(name)
    return answerAdmin(200, { name })
  })

  return routes
}

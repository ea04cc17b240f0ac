import { listAll } from '../list-all.ts'
import type { OperatorOptions } from '../operator-api.ts'

const SERVICE_ACCOUNTS = {
  path: '/admin/v1/service-accounts',
  name: 'service_accounts',
  columns: ['name', 'created_at', 'last_used_at', 'owner', 'label', 'permissions'],
  none: 'There are no service accounts.',
}

/** `clientele service-account list` */
export function listServiceAccountsCommand(options: OperatorOptions): Promise<void> {
  return listAll(SERVICE_ACCOUNTS, options)
}

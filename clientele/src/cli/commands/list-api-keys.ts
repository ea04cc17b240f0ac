import { listAll } from '../list-all.ts'
import type { OperatorOptions } from '../operator-api.ts'

const API_KEYS = {
  path: '/admin/v1/api-keys',
  name: 'api_keys',
  columns: ['id', 'state', 'expires_at', 'last_used_at', 'owner', 'label', 'permissions'],
  none: 'There are no API keys.',
}

/** `clientele api-key list` */
export function listApiKeysCommand(options: OperatorOptions): Promise<void> {
  return listAll(API_KEYS, options)
}

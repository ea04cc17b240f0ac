import { CLIENT_ID } from './client-id.ts'
import { isReservedClientId } from './reserved-client-id.ts'

/** Whether a client that nobody registered may use this id. */
export function isUnregisteredId(id: string): boolean {
  return CLIENT_ID.test(id) && !isReservedClientId(id)
}

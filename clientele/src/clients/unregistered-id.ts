import { isReservedClientId } from './reserved-client-id.ts'

/** Printable ASCII without the space (RFC 6749 appendix A.1); short, because a person reads it on the consent page. */
const CLIENT_ID = /^[\x21-\x7e]{1,128}$/

/** Whether a client that nobody registered may use this id. */
export function isUnregisteredId(id: string): boolean {
  return CLIENT_ID.test(id) && !isReservedClientId(id)
}

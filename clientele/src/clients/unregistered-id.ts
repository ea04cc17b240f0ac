/** Printable ASCII without the space (RFC 6749 appendix A.1); short, because a person reads it on the consent page. */
const CLIENT_ID = /^[\x21-\x7e]{1,128}$/

/**
 * Forms that are something else. Ids that the server gives out: one of those that it does not know is deleted, and stays
 * so. Addresses: they would be read as somebody's own, and mean a metadata document. Credentials, ours and JWTs: put in
 * this place by mistake they must not reach a page or the audit trail.
 */
const RESERVED = [/^[0-9a-f-]{36}$/i, /^[a-z][a-z0-9+.-]*:\/\//i, /^cl_/i, /^ey[\w-]*\.[\w-]*\./]

/** Whether a client that nobody registered may use this id. */
export function isUnregisteredId(id: string): boolean {
  return CLIENT_ID.test(id) && !RESERVED.some((form) => form.test(id))
}

/**
 * Forms that are something else, so that nobody may choose them as a client id (RFC 6749 §2.2 leaves the form to the
 * server). Registered by somebody's choice or used by nobody's leave, the rule is the same.
 */
const RESERVED = [
  // Ids that the server gives out: this one may be the next, or one that was deleted and stays so.
  /^[0-9a-f-]{36}$/i,
  // Addresses: they would be read as somebody's own, and mean a metadata document.
  /^[a-z][a-z0-9+.-]*:\/\//i,
  /^https?:/i,
  // Credentials, ours and JWTs: put in this place by mistake they must not reach a page or the audit trail.
  /^cl_/i,
  /^eyJ[\w-]*\.[\w-]*\./,
  // Steps in a path: the client's configuration endpoint would be somewhere else.
  /(?:^|[/\\])\.{1,2}(?:[/\\]|$)/,
]

/** Whether a client id has a form that only the server, or nobody, may use. */
export function isReservedClientId(id: string): boolean {
  return RESERVED.some((form) => form.test(id))
}

/** The name of a member without its language tag (RFC 7591 §2.2): `client_name#ja` is a `client_name`. */
export function memberName(member: string): string {
  const hash = member.indexOf('#')
  return hash === -1 ? member : member.slice(0, hash)
}

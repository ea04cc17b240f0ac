import type { Dropped } from '../clients/client.ts'
import { memberName } from '../oauth/member-name.ts'

/** Why the server itself dropped a value, by the part of its reason behind the member's name. */
const WORDS: Readonly<Record<string, string>> = {
  unsupported: 'this server does not do that',
  inferred: 'its redirect URIs are those of an installed program',
  public_client: 'a client that authenticates with "none" cannot use it (RFC 6749 §4.4)',
  without_code: 'no grant of this client gives a refresh token (RFC 6749 §4.4.3)',
  without_grant: 'it goes with the grant authorization_code, which this client does not have (RFC 7591 §2.1)',
  without_effect: 'for a client like this it has no effect',
  without_assertion: 'it says nothing for a method that signs nothing',
  privileged: 'it takes somebody with a say: a permission, or a credential that fixes it',
}

/** The words for what the server itself drops; undefined for what another did. */
export function wordsForDrop({ member, reason }: Dropped): string | undefined {
  const name = memberName(member)
  return reason.startsWith(`${name}.`) ? WORDS[reason.slice(name.length + 1)] : undefined
}

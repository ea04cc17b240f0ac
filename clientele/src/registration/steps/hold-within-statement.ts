import type { Vouched } from '../../clients/client.ts'
import { metadataError, type Problem } from '../../oauth/errors.ts'
import type { ParsedMetadata } from '../../oauth/parse-metadata.ts'

const RULE = 'RFC 7591 §2.3'

/**
 * Holds the redirect URIs that a client asks for within those that its software statement bounds: they are where codes
 * are sent, so a statement that many clients carry must not vouch for an address of one client's own choice. A client
 * that names none gets all that are vouched for. Throws `invalid_redirect_uri` with every one that is outside.
 */
export function holdWithinStatement(vouched: Vouched, requested: ParsedMetadata): Vouched {
  const { redirectUris, redirectHosts } = vouched.bounds ?? {}
  // What is no list of URIs at all is refused with every other problem of the request, and not replaced here.
  if (requested.problems.some(({ member }) => member === 'redirect_uris')) return vouched
  const asked = requested.metadata.redirect_uris ?? []
  const isVouched = (uri: string) =>
    (redirectUris === undefined || redirectUris.includes(uri)) &&
    (redirectHosts === undefined || isOnHost(uri, redirectHosts))
  const problems = asked.flatMap((uri, index): Problem[] =>
    isVouched(uri)
      ? []
      : [
          {
            member: 'redirect_uris',
            reason: 'redirect_uris.not_vouched',
            message: 'is not among those that the software statement vouches for',
            rule: RULE,
            index,
          },
        ],
  )
  if (problems.length > 0) throw metadataError(problems)
  if (redirectUris === undefined) return vouched
  const settled = asked.length > 0 ? asked : redirectUris
  return { ...vouched, metadata: { ...vouched.metadata, redirect_uris: settled } }
}

/** By the parser's own reading of the host: `https://app.example@evil.example/` is on the host that it goes to. */
function isOnHost(uri: string, hosts: readonly string[]): boolean {
  const url = URL.parse(uri)
  return url?.protocol === 'https:' && url.username === '' && hosts.includes(url.hostname)
}

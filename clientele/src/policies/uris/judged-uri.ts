import { parseRawUri } from '../../oauth/raw-uri.ts'
import { classifyRedirectUri, type RedirectUriClass } from '../../oauth/redirect-uri.ts'
import { canonicalHost } from './canonical-host.ts'

/** A redirect URI as the rules of a policy see it, taken apart as text and never repaired. */
export interface JudgedUri {
  /** `http`: on the web without TLS, which only a logout of a confidential client may end at (RP-Initiated Logout 1.0 §3.1). */
  readonly class: RedirectUriClass | 'http'
  readonly text: string
  /** Lower-cased. */
  readonly scheme: string
  /** Undefined where it has none, or an ambiguous one. */
  readonly host: string | undefined
  /** The port that is connected to; undefined for schemes that have none by themselves. */
  readonly port: number | undefined
  /** As written; `/` where a URI on the web has none. */
  readonly path: string
}

/** Takes one apart. `native`: an installed program's. `plainHttp`: whether http may be used beyond this machine. */
export function judgeUri(text: string, native: boolean, plainHttp: boolean): JudgedUri {
  const judged = classifyRedirectUri(text, native)
  const raw = parseRawUri(text)
  if ('fault' in raw)
    return { class: 'forbidden', text, scheme: '', host: undefined, port: undefined, path: '' }
  const isPlain = plainHttp && judged.reason === 'redirect_uri.http_not_loopback'
  const isWeb = raw.scheme === 'https' || raw.scheme === 'http'
  return {
    class: isPlain ? 'http' : judged.class,
    text,
    scheme: raw.scheme,
    host: canonicalHost(raw.host),
    port: raw.port === undefined ? STANDARD_PORTS[raw.scheme] : Number(raw.port),
    path: raw.path === '' && isWeb ? '/' : raw.path,
  }
}

const STANDARD_PORTS: Readonly<Record<string, number>> = { https: 443, http: 80 }

/** Whether only an installed program can be sent there (RFC 8252 §7.1, §7.3). */
export function isOfInstalledProgram(uri: JudgedUri): boolean {
  return uri.class === 'loopback' || uri.class === 'private-use'
}

import { parseRawUri } from './raw-uri.ts'

/** Whether `text` is a URL of a page, image or document on the web: http or https with a host, nothing to repair. */
export function isWebUrl(text: string): boolean {
  const scheme = schemeOfWebUrl(text)
  return scheme === 'https' || scheme === 'http'
}

/** Whether `text` is such a URL with https. */
export function isHttpsUrl(text: string): boolean {
  return schemeOfWebUrl(text) === 'https'
}

/** The host of a web URL, lower-cased; undefined for any other text. */
export function hostOfWebUrl(text: string): string | undefined {
  if (!isWebUrl(text)) return undefined
  const uri = parseRawUri(beforeFragment(text))
  return 'fault' in uri ? undefined : uri.host?.toLowerCase()
}

function schemeOfWebUrl(text: string): string | undefined {
  const uri = parseRawUri(beforeFragment(text))
  if ('fault' in uri || !uri.host) return undefined
  // A page may be addressed by a fragment; its characters are held to the same rule as a query's.
  const hash = text.indexOf('#')
  const fragment = hash === -1 ? '' : text.slice(hash + 1)
  return fragment === '' || !('fault' in parseRawUri(`x:?${fragment}`)) ? uri.scheme : undefined
}

function beforeFragment(text: string): string {
  const hash = text.indexOf('#')
  return hash === -1 ? text : text.slice(0, hash)
}

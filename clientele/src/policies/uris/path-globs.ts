/** Paths of redirect URIs in the policy language: exact ones, or prefixes that end in `/*`. */
import { z } from 'zod'

/** One path, held against the raw text of a URI's path. */
export const pathGlobSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9\-._~:@!$&'()+,;=%/]*(?:(?<=\/)\*)?$/,
    'is no path: /callback, or /callback/* for everything below it',
  )

/**
 * Encoded characters that some servers decode before they find the page: slashes, backslashes, periods, semicolons, percent
 * signs, control characters. Below a prefix they could lead out of it (RFC 3986 §6.2.2.3, RFC 9700 §4.1).
 */
const TRICKY = /%(?:2e|2f|5c|3b|25|[01][0-9a-f]|7f)/i
/** `..;a` is `..` to servers that know path parameters; `//` is `/` to many. */
const LEADS_OUT = /(?:^|\/)(?:\.{1,2}(?:;|\/|$)|\/)/

/** Compiles a list of paths into a test. */
export function compilePathGlobs(sources: readonly string[]): (path: string) => boolean {
  const exact = new Set(sources.filter((source) => !source.endsWith('*')))
  const prefixes = sources.filter((source) => source.endsWith('*')).map((source) => source.slice(0, -1))
  return (path) => exact.has(path) || prefixes.some((prefix) => isBelow(path, prefix))
}

function isBelow(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false
  const rest = path.slice(prefix.length)
  return !TRICKY.test(rest) && !LEADS_OUT.test(rest)
}

const SCOPE = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/

/**
 * The values of a `scope` text (RFC 6749 §3.3), each once, in their order; undefined when a character is not allowed.
 * More than one space between values is tolerated: the values are unambiguous.
 */
export function parseScope(scope: string): readonly string[] | undefined {
  return SCOPE.test(scope) ? scopeValues(scope) : undefined
}

/** The values of a scope that was judged before, each once; none of what is no text. */
export function scopeValues(scope: unknown): readonly string[] {
  return typeof scope === 'string' ? [...new Set(scope.split(' ').filter((value) => value !== ''))] : []
}

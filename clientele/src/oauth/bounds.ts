/**
 * Every bound on a registration request, in one place (RFC 7591 §5 asks for none; each stops a way to fill a disk, a
 * page or a parser). The body's own size is configuration: `[limits] body_bytes`. Documented in docs/reference/bounds.md.
 */
export const BOUNDS = {
  /** Characters of a URI. Longer ones break browsers' and proxies' request lines before they break us. */
  uriLength: 2048,
  /** Redirect URIs of one client; VS Code sends four. */
  redirectUris: 100,
  /** Elements of any other array. */
  arrayLength: 100,
  /** Characters of a short text: names, identifiers, algorithm names. */
  textLength: 256,
  /** Characters of a longer text meant for people (`description`). */
  longTextLength: 2048,
  /** Characters of `scope`, and the values in it. */
  scopeLength: 4096,
  scopeValues: 200,
  /** Keys of a JWK Set, and the members of each. */
  jwks: 50,
  jwkMembers: 40,
  /** Characters of one member of a JWK (an x5c certificate is the longest). */
  jwkTextLength: 16_384,
  /** Localized variants in one request. */
  localizedMembers: 100,
  /** Characters of a language tag (BCP 47 §4.4.1 asks for 35). */
  languageTagLength: 35,
  /** Levels of arrays and objects below a member that takes an object. */
  nesting: 8,
  /** Values in a member that takes any JSON, those within arrays and objects counted. */
  jsonValues: 1000,
} as const

/** What a request's log line says beyond method, path and status: written by whoever learns it, read when it ends. */
export interface RequestFacts {
  /** Also shown to the caller in a server error, so that they can report it and the operator can find the line. */
  readonly id: string
  /** Where the request comes from: the socket's address, or what a trusted proxy says of it. */
  readonly address?: string
  /** The client certificate of the connection, or of a trusted proxy's `Client-Cert` header. */
  readonly certificate?: RequestCertificate
  /** The client that the request was about, once it is known. */
  clientId?: string
  /** Why the request was refused, in our stable words: what a caller who might be guessing is not told. */
  reason?: string
}

const FACTS = Symbol('request facts')

interface Carrier {
  [FACTS]?: RequestFacts
}

/** Ties facts to a request object (the node:http request, which every layer can reach). */
export function attachRequestFacts(request: object, facts: RequestFacts): void {
  ;(request as Carrier)[FACTS] = facts
}

/** The facts of a request, or undefined where nobody keeps any (an embedder's own listener). */
export function findRequestFacts(request: object): RequestFacts | undefined {
  return (request as Carrier)[FACTS]
}

/** What a TLS client certificate says of its holder. */
export interface RequestCertificate {
  /** The subject's distinguished name, as RFC 4514 writes it. */
  readonly subject: string
  /** The distinguished name of the authority that issued it. */
  readonly issuer: string
  /** Subject alternative names: `DNS:host`, `URI:…`, `IP:…`, `email:…`. */
  readonly subjectAltNames: readonly string[]
  /** SHA-256 of the certificate, base64url (RFC 8705 §3.1). */
  readonly thumbprint: string
  /** When it begins and ends to be valid (RFC 5280 §4.1.2.5), in epoch seconds. */
  readonly notBefore: number
  readonly notAfter: number
}

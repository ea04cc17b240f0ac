/** What a request's log line says beyond method, path and status: written by whoever learns it, read when it ends. */
export interface RequestFacts {
  /** Also shown to the caller in a server error, so that they can report it and the operator can find the line. */
  readonly id: string
  /** The client that the request was about, once it is known. */
  clientId?: string
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

import type { Context } from 'hono'
import { findRequestFacts, type RequestFacts } from '../runtime/request-facts.ts'

/** Tells the request's log line which client it was about. */
export function noteClient(c: Context, clientId: string): void {
  const facts = factsOf(c)
  if (facts) facts.clientId = clientId
}

/** The request's facts, where the host keeps any. */
export function factsOf(c: Context): RequestFacts | undefined {
  const incoming = (c.env as { incoming?: object } | undefined)?.incoming
  return incoming && findRequestFacts(incoming)
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Interaction, InteractionResults, Provider } from 'oidc-provider'
import type { ClientRecord } from '../clients/client.ts'
import { type PageHeaderOptions, pageHeaders } from './pages/page-headers.ts'

/** One request to one interaction, whose cookie has been checked. */
export interface Visit {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly provider: Provider
  readonly interaction: Interaction
  readonly client: ClientRecord
  /** The interaction's address on our origin. */
  readonly path: string
}

/** One prompt of the engine's: its page, and what the page's form means. */
export interface InteractionStep {
  show(visit: Visit): void | Promise<void>
  submit(visit: Visit, fields: URLSearchParams): void | Promise<void>
}

/** The answer of an end-user who does not want to (RFC 6749 §4.1.2.1). */
export const REFUSAL: InteractionResults = {
  error: 'access_denied',
  error_description: 'the end-user refused',
}

/** Hands the answer to the engine and sends the browser back to it. */
export async function finishVisit(
  { provider, request, response }: Visit,
  result: InteractionResults,
  mergeWithLastSubmission = true,
): Promise<void> {
  const location = await provider.interactionResult(request, response, result, { mergeWithLastSubmission })
  response.writeHead(303, { ...pageHeaders(), Location: location, 'Content-Length': '0' }).end()
}

/** Where the browser goes after the last answer; undefined in the device flow, which ends at a page of ours. */
export function redirectUriOf({ params, deviceCode }: Interaction): string | undefined {
  return deviceCode === undefined && typeof params.redirect_uri === 'string' ? params.redirect_uri : undefined
}

export function sendPage(
  response: ServerResponse,
  page: string,
  status: number,
  options?: PageHeaderOptions,
): void {
  response
    .writeHead(status, { ...pageHeaders(options), 'Content-Length': String(Buffer.byteLength(page)) })
    .end(page)
}

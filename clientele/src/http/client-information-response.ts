import type { Context } from 'hono'
import { renderClientInformation } from '../clients/client-information.ts'
import type { AnsweredClient } from '../registration/register.ts'
import type { IssuedClient } from '../registration/steps/issue-credentials.ts'
import { CORS_HEADERS } from './cors.ts'
import { noteClient } from './note-client.ts'

export interface AnswerOptions {
  /** Where clients manage their registration, up to and without `/<client_id>`; from the issuer, never from the Host header. */
  readonly configurationEndpoint: string
}

const HEADERS = {
  'content-type': 'application/json',
  // RFC 7591 §3.2.1: the answer carries credentials.
  'cache-control': 'no-store',
  pragma: 'no-cache',
  ...CORS_HEADERS,
}

/** The client information response (RFC 7591 §3.2.1, RFC 7592 §3). */
export function answerClient(
  c: Context,
  status: 200 | 201,
  issued: IssuedClient & Partial<Pick<AnsweredClient, 'changes'>>,
  options: AnswerOptions,
): Response {
  noteClient(c, issued.client.id)
  const information = renderClientInformation(issued.client, {
    ...issued,
    registrationClientUri: `${options.configurationEndpoint}/${encodeURIComponent(issued.client.id)}`,
  })
  return new Response(JSON.stringify(information), { status, headers: HEADERS })
}

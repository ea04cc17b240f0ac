import type { IncomingMessage, ServerResponse } from 'node:http'

/** A query string that every server and browser on the way still carries. */
const MAX_FORM_BYTES = 8 * 1024

/**
 * The authorization and the end-session endpoint must take POST as well (OpenID Connect Core 1.0 §3.1.2.1, RP-Initiated
 * Logout 1.0 §2). A post from a client's page does not carry our `SameSite=Lax` cookies, and without them a signed-in
 * person would have to sign in again; so the form is answered with a redirect to the same request as a GET, which does.
 */
export async function answerPostWithGet(
  request: IncomingMessage,
  response: ServerResponse,
  address: string,
): Promise<void> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/x-www-form-urlencoded') return refuse(response, 415)
  const form = await readForm(request)
  if (form === undefined) return refuse(response, 413)
  response.writeHead(303, { location: `${address}?${form}`, 'cache-control': 'no-store' }).end()
}

/** The form, written anew so that nothing but a query can come of it; undefined when it is too long. */
async function readForm(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_FORM_BYTES) return undefined
    chunks.push(chunk)
  }
  const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8')).toString()
  return form.length > MAX_FORM_BYTES ? undefined : form
}

function refuse(response: ServerResponse, status: 413 | 415): void {
  const error =
    status === 413 ? 'the form is too long; push the request (RFC 9126)' : 'the form must be urlencoded'
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    connection: 'close',
  })
  response.end(JSON.stringify({ error: 'invalid_request', error_description: error }))
}

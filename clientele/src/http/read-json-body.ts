import { OAuthError } from '../oauth/errors.ts'
import { isObject, type JsonObject } from '../oauth/json.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads a request's body as one JSON object (RFC 7591 §3.1), within `mostBytes`. Only `application/json`: `text/plain`
 * would let any web page post here without asking (a "simple" cross-site request).
 */
export async function readJsonBody(request: Request, mostBytes: number): Promise<JsonObject> {
  checkMediaType(request)
  const text = decode(await readBytes(request, mostBytes))
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw malformed('body.not_json', 'The body is not valid JSON.')
  }
  if (!isObject(body)) throw malformed('body.not_an_object', 'The body must be one JSON object.')
  return body
}

/** Refuses a body whose declared length is too long, before anything is read of it. */
export function checkDeclaredLength(request: Request, mostBytes: number): void {
  const declared = request.headers.get('content-length')
  if (declared !== null && Number(declared) > mostBytes) throw tooLarge(mostBytes)
}

function checkMediaType(request: Request): void {
  const [mediaType = ''] = (request.headers.get('content-type') ?? '').split(';', 1)
  if (mediaType.trim().toLowerCase() !== 'application/json') {
    throw new OAuthError('invalid_request', 'body.media_type', 'The Content-Type must be application/json.', {
      status: 415,
    })
  }
  const encoding = request.headers.get('content-encoding')
  // A compressed body could unfold without bound.
  if (encoding !== null && encoding.toLowerCase() !== 'identity') {
    throw new OAuthError('invalid_request', 'body.content_encoding', 'The body must not be compressed.', {
      status: 415,
    })
  }
}

async function readBytes(request: Request, mostBytes: number): Promise<Uint8Array> {
  // With a declared length the HTTP parser sees to it; without one (chunked) we count.
  if (request.headers.has('content-length')) {
    checkDeclaredLength(request, mostBytes)
    return new Uint8Array(await request.arrayBuffer())
  }
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength
    if (length > mostBytes) throw tooLarge(mostBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw malformed('body.not_utf8', 'The body is not valid UTF-8.')
  }
}

function tooLarge(mostBytes: number): OAuthError {
  return new OAuthError(
    'invalid_request',
    'body.too_large',
    `The body must have at most ${mostBytes} bytes.`,
    { status: 413 },
  )
}

function malformed(reason: string, message: string): OAuthError {
  return new OAuthError('invalid_client_metadata', reason, message)
}

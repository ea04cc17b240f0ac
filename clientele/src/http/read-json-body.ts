import { OAuthError } from '../oauth/errors.ts'
import { isObject, type JsonObject } from '../oauth/json.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads a request's body as one JSON object (RFC 7591 §3.1), within `mostBytes`. Only `application/json`: `text/plain`
 * would let any web page post here without asking (a "simple" cross-site request). `holdsLengths` says that an HTTP parser
 * holds every body to its Content-Length.
 */
export async function readJsonBody(
  request: Request,
  mostBytes: number,
  holdsLengths = false,
): Promise<JsonObject> {
  checkMediaType(request)
  const text = decode(await readBytes(request, mostBytes, holdsLengths))
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

async function readBytes(request: Request, mostBytes: number, holdsLengths: boolean): Promise<Uint8Array> {
  checkDeclaredLength(request, mostBytes)
  // Read whole at less than half the cost; without a declared length (chunked), or one that is only a word, we count.
  if (holdsLengths && request.headers.has('content-length')) {
    const bytes = new Uint8Array(await request.arrayBuffer().catch(interrupted))
    if (bytes.byteLength > mostBytes) throw tooLarge(mostBytes)
    return bytes
  }
  const { body } = request
  if (body?.locked)
    throw new TypeError(
      'The body of this request is being read by somebody else: mount the registrar before whatever reads bodies.',
    )
  return countBytes(body, mostBytes).catch(interrupted)
}

async function countBytes(body: ReadableStream<Uint8Array> | null, mostBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body ?? []) {
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

/** A caller who goes away in the middle is no fault of ours: the answer reaches nobody, and the fault log stays clean. */
function interrupted(error: unknown): never {
  if (error instanceof OAuthError) throw error
  throw new OAuthError('invalid_request', 'body.interrupted', 'The body ended early.', { cause: error })
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

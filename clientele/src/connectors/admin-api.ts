import type { JsonObject, JsonValue } from '../oauth/json.ts'
import type { OutboundFetch } from '../runtime/outbound-fetch.ts'
import { ConnectorRefusal } from './connector.ts'

export interface AdminRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: JsonValue
  /** Other statuses than 2xx that mean something to the caller. */
  readonly expected?: readonly number[]
}

export interface AdminAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: JsonValue | undefined
}

/** Sends requests to the admin API of another server. */
export type AdminApi = (request: AdminRequest) => Promise<AdminAnswer>

/** Where other servers say what was wrong. Of the rest of an answer nothing is told: it may echo the request. */
const ERROR_MEMBERS = ['error', 'error_description', 'errorMessage'] as const
const SECRET_MEMBERS = ['client_secret', 'secret'] as const
/** Enough to understand, not enough to flood the log. */
const MOST_CHARACTERS = 200

/**
 * JSON in and out. A request that the other server finds wrong is about this one client and rejects with `ConnectorRefusal`;
 * a status that says that it cannot be asked, or not by us, rejects with another error.
 */
export function createAdminApi(
  base: string,
  {
    send,
    authorization,
  }: {
    readonly send: OutboundFetch
    /** The value of the `Authorization` header, or undefined for none; another than `refused`, which was answered with 401. */
    readonly authorization: (refused?: string) => Promise<string | undefined>
  },
): AdminApi {
  const root = base.replace(/\/+$/, '')

  function sendOnce(
    { method, path, body }: AdminRequest,
    credentials: string | undefined,
  ): Promise<Response> {
    return send(root + path, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(credentials === undefined ? {} : { authorization: credentials }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }

  return async (request) => {
    const { method, path, expected = [] } = request
    const credentials = await authorization()
    let response = await sendOnce(request, credentials)
    if (response.status === 401 && credentials !== undefined) {
      // A token that was withdrawn over there before its end.
      const others = await authorization(credentials)
      if (others !== credentials) response = await sendOnce(request, others)
    }
    const body = parse(await response.text())
    const { status, headers } = response
    if ((status >= 200 && status < 300) || expected.includes(status)) return { status, headers, body }
    const said = `answered ${method} ${path.split('?')[0]} with ${status}${renderReason(body, request)}`
    if (status === 400 || status === 422) throw new ConnectorRefusal(`the other server ${said}`)
    throw new Error(`the other server ${said}`)
  }
}

/** The words of the other server, without the secrets that it was told. */
function renderReason(answer: JsonValue | undefined, request: AdminRequest): string {
  const members = membersOf(answer)
  const sent = membersOf(request.body)
  const words = ERROR_MEMBERS.map((member) => members[member]).filter((word) => typeof word === 'string')
  let reason = words.map((word) => word.slice(0, MOST_CHARACTERS)).join(': ')
  for (const member of SECRET_MEMBERS) {
    const secret = sent[member]
    if (typeof secret === 'string' && words.some((word) => word.includes(secret))) reason = ''
  }
  return reason === '' ? '' : `: ${reason}`
}

/** The members of an answer that is an object. */
export function membersOf(body: JsonValue | undefined): JsonObject {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as JsonObject) : {}
}

/** The objects of an answer that is a list. */
export function rowsOf(body: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(body) ? body.map(membersOf) : []
}

function parse(text: string): JsonValue | undefined {
  if (text === '') return undefined
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
}

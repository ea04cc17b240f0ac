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

/** What the other server says about a refusal, in the log: enough to understand, not enough to flood it. */
const MOST_CHARACTERS = 500

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
    /** The value of the `Authorization` header, or undefined for none. */
    readonly authorization: () => Promise<string | undefined>
  },
): AdminApi {
  const root = base.replace(/\/+$/, '')
  return async ({ method, path, body, expected = [] }) => {
    const credentials = await authorization()
    const response = await send(root + path, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(credentials === undefined ? {} : { authorization: credentials }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const { status, headers } = response
    if ((status >= 200 && status < 300) || expected.includes(status))
      return { status, headers, body: parse(text) }
    const said = `answered ${method} ${path.split('?')[0]} with ${status}: ${text.slice(0, MOST_CHARACTERS)}`
    if (status === 400 || status === 422) throw new ConnectorRefusal(`the other server ${said}`)
    throw new Error(`the other server ${said}`)
  }
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

import type { TestClient, TestServer } from './authorization-fixture.ts'

/** A form posted to one of the server's endpoints, with what came back. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the server said.
  readonly body: any
}

export type Form = Record<string, string>

export function basic(id: string, secret: string): Record<string, string> {
  return { authorization: `Basic ${btoa(`${id}:${secret}`)}` }
}

export async function post(
  server: TestServer,
  path: string,
  form: Form | [string, string][],
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(server.issuer + path, {
    method: 'POST',
    headers,
    body: new URLSearchParams(form),
  })
  return answerOf(response)
}

/** A post with HTTP Basic, the method of a client that named none. */
export async function postAs(
  server: TestServer,
  client: TestClient,
  path: string,
  form: Form,
): Promise<Answer> {
  return post(server, path, form, basic(client.id, client.secret))
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('application/json')
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
}

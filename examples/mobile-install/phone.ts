/** The app on one phone: it has a secret of its own, in the phone's key store, and no other. */
import type { Installation } from './backend.ts'

/** An access token for this installation, or undefined when it may have none any more (RFC 6749 §4.4). */
export async function getToken(issuer: string, installation: Installation): Promise<string | undefined> {
  const response = await post(`${issuer}/token`, installation, { grant_type: 'client_credentials' })
  if (response.status === 401) return undefined
  if (!response.ok) throw new Error(`no token: ${await response.text()}`)
  return ((await response.json()) as { access_token: string }).access_token
}

/** What the app's API asks before it answers (RFC 7662): is this token good? The API is a client itself. */
export async function isActive(issuer: string, api: Installation, token: string): Promise<boolean> {
  const response = await post(`${issuer}/introspect`, api, { token })
  if (!response.ok) throw new Error(`not introspected: ${await response.text()}`)
  return ((await response.json()) as { active: boolean }).active
}

function post(
  url: string,
  { clientId, clientSecret }: Installation,
  form: Readonly<Record<string, string>>,
): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
  return fetch(url, { method: 'POST', headers: { authorization }, body: new URLSearchParams(form) })
}

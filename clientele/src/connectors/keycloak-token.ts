import type { JsonValue } from '../oauth/json.ts'
import type { Clock } from '../runtime/clock.ts'
import type { OutboundFetch } from '../runtime/outbound-fetch.ts'
import { membersOf } from './admin-api.ts'

/** What opens Keycloak's admin API. */
export interface KeycloakAccess {
  /** The address of Keycloak, without `/admin` and `/realms`. */
  readonly url: string
  readonly realm: string
  /** A client of that realm whose service account has the role `manage-clients` of `realm-management`. */
  readonly clientId: string
  readonly clientSecret: string
}

/** A token is replaced so long before its end, or half its life before, where that is shorter. */
const MARGIN_SECONDS = 30

/**
 * The `Authorization` header for the admin API: an access token of the service account (client credentials, RFC 6749 §4.4),
 * asked for when the one before is about to end, or was refused.
 */
export function createKeycloakToken(
  { url, realm, clientId, clientSecret }: KeycloakAccess,
  { send, clock }: { readonly send: OutboundFetch; readonly clock: Clock },
): (refused?: string) => Promise<string> {
  const endpoint = `${url.replace(/\/+$/, '')}/realms/${encodeURIComponent(realm)}/protocol/openid-connect/token`
  const credentials = Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')
  let current: { readonly header: string; readonly until: number } | undefined
  let asking: Promise<string> | undefined

  async function ask(): Promise<string> {
    const askedAt = clock.milliseconds()
    const response = await send(endpoint, {
      method: 'POST',
      headers: { authorization: `Basic ${credentials}`, accept: 'application/json' },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    if (response.status !== 200) throw new Error(`the other server gave no token: ${response.status}`)
    const { access_token, expires_in } = membersOf((await response.json()) as JsonValue)
    if (typeof access_token !== 'string') throw new Error('the other server gave no token')
    const seconds = typeof expires_in === 'number' ? expires_in : 0
    const header = `Bearer ${access_token}`
    current = { header, until: askedAt + Math.max(seconds - MARGIN_SECONDS, seconds / 2) * 1000 }
    return header
  }

  return async (refused) => {
    // Only that one: by now another may have been asked for.
    if (refused !== undefined && current?.header === refused) current = undefined
    if (current && clock.milliseconds() < current.until) return current.header
    asking ??= ask().finally(() => {
      asking = undefined
    })
    return asking
  }
}

/** RFC 6749 §2.3.1. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll('%20', '+')
}

/** One registration by the bench itself, with the same metadata as the load's (`load/register.lua`). */

/** What is needed of a client information response (RFC 7591 §3.2.1). */
export interface RegisteredClient {
  readonly client_id: string
  readonly client_secret: string
  readonly registration_access_token: string
  readonly registration_client_uri: string
  /** Bytes of the whole answer. */
  readonly answerLength: number
}

export const METADATA = {
  client_name: 'Bench start 100000',
  redirect_uris: ['https://app-100000.client.example/callback'],
  client_uri: 'https://client.example/',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'client_secret_basic',
  scope: 'openid profile email',
  contacts: ['ops@client.example'],
}

/** A client that gets tokens for itself alone (RFC 6749 §4.4). */
export const MACHINE_METADATA = {
  client_name: 'Bench machine',
  redirect_uris: [],
  grant_types: ['client_credentials'],
  response_types: [],
  token_endpoint_auth_method: 'client_secret_basic',
}

export async function registrationRequest(
  endpoint: string,
  metadata: object = METADATA,
): Promise<RegisteredClient> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(metadata),
  })
  const text = await response.text()
  if (response.status !== 201)
    throw new Error(`the registration was answered with ${response.status}: ${text}`)
  return {
    ...(JSON.parse(text) as Omit<RegisteredClient, 'answerLength'>),
    answerLength: Buffer.byteLength(text),
  }
}

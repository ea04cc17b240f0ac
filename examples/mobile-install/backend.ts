/**
 * The app maker's backend: the only place that holds an API key. It registers a client of its own for each installation
 * (RFC 7591) and ends the ones that are lost (RFC 7592).
 */
export interface Installation {
  readonly clientId: string
  /** This installation's and nobody else's. */
  readonly clientSecret: string
}

export class Backend {
  readonly #issuer: string
  readonly #apiKey: string

  constructor(issuer: string, apiKey: string) {
    this.#issuer = issuer
    this.#apiKey = apiKey
  }

  /** `software_id` is the same for all installations, `client_name` says which one it is. */
  async registerInstallation(device: string): Promise<Installation> {
    const response = await this.#send('POST', '/register', {
      client_name: `Notes on ${device}`,
      software_id: 'com.example.notes',
      software_version: '3.1',
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['client_credentials'],
      response_types: [],
    })
    if (response.status !== 201) throw new Error(`not registered: ${await response.text()}`)
    const client = (await response.json()) as { client_id: string; client_secret: string }
    return { clientId: client.client_id, clientSecret: client.client_secret }
  }

  /** The key may do this because the client is its owner's. Everything that the client holds dies with it. */
  async revokeInstallation(clientId: string): Promise<void> {
    const response = await this.#send('DELETE', `/register/${clientId}`)
    if (response.status !== 204) throw new Error(`not revoked: ${await response.text()}`)
  }

  #send(method: string, path: string, body?: object): Promise<Response> {
    return fetch(this.#issuer + path, {
      method,
      headers: { authorization: `Bearer ${this.#apiKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }
}

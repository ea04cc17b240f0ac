import type { CompleteMetadata } from '../oauth/client-metadata.ts'

/**
 * Mirrors clients into another authorization server by that server's own API. Every method brings about a state and may be
 * called again: what is so already stays so. It rejects with `ConnectorRefusal` when the other server cannot serve such a
 * client, now or later; with any other error when it could not be asked, and may be tried again.
 */
export interface Connector {
  /** Of the configuration, and of the cursor: connectors never share one. */
  readonly name: string
  /** Makes the client, or replaces it with this state. */
  upsert(client: ConnectedClient, credentials: ConnectedCredentials): Promise<void>
  /** Removes the client; no error when there is none. */
  remove(id: string): Promise<void>
  /** The ids of the clients that this connector made there, and of no others. */
  list(): AsyncIterable<string>
}

/** A client as the other server is to serve it. */
export interface ConnectedClient {
  readonly id: string
  readonly revision: number
  /** What is granted, after defaults and policy. */
  readonly metadata: CompleteMetadata
  /** Epoch seconds; 0 for never. */
  readonly clientSecretExpiresAt: number
}

/** What of a client is secret, in clear, for the one request that hands it on. */
export interface ConnectedCredentials {
  /** In clear, because the other server makes its own hash; absent for clients that have none. */
  readonly clientSecret?: string
}

/** The other server cannot serve this client as it is registered. What was registered must not be served as something wider. */
export class ConnectorRefusal extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ConnectorRefusal'
  }
}

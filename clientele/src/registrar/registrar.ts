/** What a registrar can do: RFC 7591 and RFC 7592 as a Web `fetch` and as plain verbs. */
import type {
  CreatedInitialAccessToken,
  NewInitialAccessToken,
} from '../admin/create-initial-access-token.ts'
import type { Caller } from '../clients/client.ts'
import type { Admission, Permission } from '../gates/gate.ts'
import type { ClientMetadata } from '../oauth/client-metadata.ts'
import type { RegistryClient } from '../registry/registry-client.ts'
import type { RequestCertificate } from '../runtime/request-facts.ts'

/** A front desk for OAuth clients, inside another program. It holds no timer, no file and no connection of its own. */
export interface Registrar {
  /** The client registration endpoint, for the `registration_endpoint` of your server's metadata (RFC 8414 §2). */
  readonly registrationEndpoint: string
  /** Whether the path of an address is one of the two endpoints'; `fetch` answers 404 to every other. */
  matches(url: string | URL): boolean
  /**
   * Answers a request to the client registration endpoint or to a client configuration endpoint, by the path of its address
   * (the host does not matter). It needs no `this`. The request's body must not have been read.
   */
  readonly fetch: (request: Request, info?: RequestInformation) => Promise<Response>
  /** Registers a client (RFC 7591 §3). Throws `OAuthError`, and then nothing was registered. */
  register(metadata: ClientMetadata, by?: Credential): Promise<ClientInformation>
  /** Reads a registration (RFC 7592 §2.1). Throws `OAuthError`. */
  read(clientId: string, by: Credential): Promise<ClientInformation>
  /**
   * Replaces a registration (RFC 7592 §2.2): what is left out is gone; `client_id` need not be repeated. Throws `OAuthError`, and then nothing
   * was changed.
   */
  update(clientId: string, metadata: ClientMetadata, by: Credential): Promise<ClientInformation>
  /** Deletes a registration (RFC 7592 §2.3). Throws `OAuthError`. */
  delete(clientId: string, by: Credential): Promise<void>
  /**
   * What your authorization server must know of a client to serve it, or undefined where there is none: for the checks of
   * `clientele/registry`, and for `clienteleAdapter` of `clientele/oidc-provider`, which takes a registrar as its registry.
   */
  findClient(clientId: string): Promise<RegistryClient | undefined>
  /**
   * Makes an initial access token (RFC 7591 §1.2) for `initialAccessTokenGate`; it is shown this once. Throws `OAuthError` for terms
   * that cannot hold, and `TypeError` where the store keeps no such tokens.
   */
  createInitialAccessToken(terms: NewInitialAccessToken): Promise<CreatedInitialAccessToken>
}

/** The client information response (RFC 7591 §3.2.1, RFC 7592 §3): what is granted, with the credentials in clear. */
export interface ClientInformation extends ClientMetadata {
  readonly client_id: string
  /** Epoch seconds. */
  readonly client_id_issued_at: number
  /** Absent for a client that needs none. */
  readonly client_secret?: string
  /** Epoch seconds; 0 for never. There where a secret is needed. */
  readonly client_secret_expires_at?: number
  /** There for whoever registered the client, and for whoever showed it. */
  readonly registration_access_token?: string
  readonly registration_client_uri?: string
  /** As it was sent. */
  readonly software_statement?: string
}

/** What a Web request does not say of its connection. */
export interface RequestInformation {
  /**
   * The network address of whoever sent it, as your proxy rules have it. Limits tell callers apart by it; those of whom it
   * is not known are not limited by their network.
   */
  readonly clientAddress?: string
  /** The client certificate of the TLS connection, verified by whoever ended it. `readCertificate` of `clientele/node` reads one. */
  readonly certificate?: RequestCertificate
  /** Told to the caller in a server error and to `onFault`. Default: absent. */
  readonly requestId?: string
}

/** Who calls a verb. Nothing at all is an anonymous caller, as the open gate admits. */
export type Credential = TokenCredential | HostCredential

/** As over HTTP: the gates decide. */
export interface TokenCredential extends Pick<RequestInformation, 'clientAddress' | 'certificate'> {
  /** A bearer token: the registration access token of the client, an initial access token, an API key. */
  readonly token?: string | undefined
}

/** The program itself answers for the caller, and no gate is asked. */
export interface HostCredential extends Pick<RequestInformation, 'clientAddress'> {
  readonly as: HostCaller
}

/** Somebody whom the program that embeds a registrar knows. */
export interface HostCaller extends Pick<Caller, 'id' | 'owner' | 'claims'> {
  /** What they may do beyond registering, and managing what has their `owner`: `oauth-client-get`, `oauth-client-update`, … */
  readonly permissions?: readonly Permission[]
  /** As on an initial access token: what the client gets whatever it asks for, and what governs it. */
  readonly terms?: Pick<Admission, 'fixed' | 'policy'>
}

/** What a host program brings to the MCP SDK: a store for its credentials, and a way to send the end-user to a page. */
import type { OAuthClientProvider, OAuthDiscoveryState } from '@modelcontextprotocol/sdk/client/auth.js'
import type {
  OAuthClientInformationMixed,
  OAuthClientMetadata,
  OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js'

export class McpHost implements OAuthClientProvider {
  prepareTokenRequest?: () => URLSearchParams
  readonly clientMetadata: OAuthClientMetadata
  /** Every registration that the SDK made us keep, oldest first. */
  readonly registrations: OAuthClientInformationMixed[] = []
  /** Where the SDK last wanted the end-user to go. */
  sentTo: URL | undefined
  #client: OAuthClientInformationMixed | undefined
  #tokens: OAuthTokens | undefined
  #verifier = ''
  #discovered: OAuthDiscoveryState | undefined

  constructor(clientMetadata: OAuthClientMetadata) {
    this.clientMetadata = clientMetadata
  }

  get redirectUrl(): string | undefined {
    return this.clientMetadata.redirect_uris[0]
  }

  state(): string {
    return 'state-of-the-host'
  }

  clientInformation(): OAuthClientInformationMixed | undefined {
    return this.#client
  }

  saveClientInformation(client: OAuthClientInformationMixed): void {
    this.#client = client
    this.registrations.push(client)
  }

  tokens(): OAuthTokens | undefined {
    return this.#tokens
  }

  saveTokens(tokens: OAuthTokens): void {
    this.#tokens = tokens
  }

  redirectToAuthorization(url: URL): void {
    this.sentTo = url
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier
  }

  codeVerifier(): string {
    return this.#verifier
  }

  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#discovered
  }

  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.#discovered = state
  }

  invalidateCredentials(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): void {
    if (scope === 'all' || scope === 'client') this.#client = undefined
    if (scope === 'all' || scope === 'tokens') this.#tokens = undefined
  }
}

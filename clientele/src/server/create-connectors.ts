/** The other authorization servers that clients are mirrored into, from `[[connectors.ory_hydra]]` and `[[connectors.keycloak]]`. */
import type { Connector } from '../connectors/connector.ts'
import { keycloakConnector } from '../connectors/keycloak.ts'
import { oryHydraConnector } from '../connectors/ory-hydra.ts'
import type { Clock } from '../runtime/clock.ts'
import { createBesideFetch, readSecretFile } from './beside-fetch.ts'
import type { Config } from './config-schema.ts'

export function createConnectors(
  { connectors }: Config,
  { issuer, clock }: { readonly issuer: string; readonly clock: Clock },
): readonly Connector[] {
  return [
    ...connectors.ory_hydra.map((each) => {
      const { name, url, token_file } = each
      const token =
        token_file === undefined
          ? {}
          : { token: readSecretFile('connectors.ory_hydra.token_file', token_file) }
      return oryHydraConnector(
        { name, url, ...token },
        createBesideFetch('connectors.ory_hydra', each, issuer),
      )
    }),
    ...connectors.keycloak.map((each) => {
      const { name, url, realm, client_id: clientId, base_scopes: baseScopes } = each
      const clientSecret = readSecretFile('connectors.keycloak.client_secret_file', each.client_secret_file)
      const send = createBesideFetch('connectors.keycloak', each, issuer)
      return keycloakConnector({ name, url, realm, clientId, clientSecret, baseScopes }, { send, clock })
    }),
  ]
}

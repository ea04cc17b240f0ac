/** The other authorization servers that clients are mirrored into, from `[[connectors.ory_hydra]]` and `[[connectors.keycloak]]`. */
import type { Connector } from '../connectors/connector.ts'
import { keycloakConnector } from '../connectors/keycloak.ts'
import { oryHydraConnector } from '../connectors/ory-hydra.ts'
import type { Clock } from '../runtime/clock.ts'
import { createBesideFetch, readSecretFile } from './beside-fetch.ts'
import type { Config } from './config-schema.ts'
import { CONNECTOR_NAME } from './events-schema.ts'
import { createHosts } from './hosts.ts'
import { StartError } from './start-error.ts'

export function createConnectors(
  config: Config,
  own: readonly Connector[],
  { issuer, clock }: { readonly issuer: string; readonly clock: Clock },
): readonly Connector[] {
  const { connectors } = config
  // Not the issuer: where clients are registered beside another server, that is the other server's.
  const { registrationUrl: registry } = createHosts(config, issuer)
  const all = [
    ...connectors.ory_hydra.map((each) => {
      const { name, url, token_file } = each
      const token =
        token_file === undefined
          ? {}
          : { token: readSecretFile('connectors.ory_hydra.token_file', token_file) }
      return oryHydraConnector(
        { name, registry, url, ...token },
        createBesideFetch('connectors.ory_hydra', each, issuer),
      )
    }),
    ...connectors.keycloak.map((each) => {
      const { name, url, realm, client_id: clientId, base_scopes: baseScopes } = each
      const clientSecret = readSecretFile('connectors.keycloak.client_secret_file', each.client_secret_file)
      const send = createBesideFetch('connectors.keycloak', each, issuer)
      return keycloakConnector(
        { name, registry, url, realm, clientId, clientSecret, baseScopes },
        { send, clock },
      )
    }),
    ...own,
  ]
  const names = all.map(({ name }) => name)
  const bad = names.find((name, index) => !CONNECTOR_NAME.test(name) || names.indexOf(name) !== index)
  if (bad === undefined) return all
  throw new StartError(
    `The connector ${JSON.stringify(bad)} needs a name of a-z, 0-9, ".", "_" and "-" that no other connector has.`,
  )
}

/**
 * The door `clientele/oidc-provider`: for whoever runs oidc-provider already and wants its clients from a registry of
 * Clientele's, in three lines. It does not load oidc-provider: that is the host's.
 */
export { createRegistryReader, type RegistryReader } from './registry/create-registry-reader.ts'
export { enforceRegistry, type OidcProvider } from './registry/enforce-registry.ts'
export {
  type ClienteleAdapterOptions,
  clienteleAdapter,
  type OidcAdapterSource,
  type OidcClientAdapter,
} from './registry/oidc-provider-adapter.ts'

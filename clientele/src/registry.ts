/**
 * The door `clientele/registry`: for an authorization server that is not Clientele's and serves the clients that Clientele
 * registers. Looks clients up, and answers what such a server asks about them. Loads neither an engine nor a driver.
 */
export {
  createRegistryReader,
  type RegistryReader,
  type RegistryReaderOptions,
  RegistryUnavailable,
} from './registry/create-registry-reader.ts'
export {
  allowedScopes,
  isAuthMethodAllowed,
  isGrantTypeAllowed,
  isPkceRequired,
  isRedirectUriAllowed,
  isResponseTypeAllowed,
  isUsable,
  verifyClientSecret,
} from './registry/enforcement.ts'
export { parseRegistryClient, type RegistryClient, type SecretHash } from './registry/registry-client.ts'

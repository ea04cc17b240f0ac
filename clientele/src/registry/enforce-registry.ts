import { type Clock, nowInSeconds, systemClock } from '../runtime/clock.ts'
import type { RegistryReader } from './create-registry-reader.ts'
import {
  isAuthMethodAllowed,
  isGrantTypeAllowed,
  isRedirectUriAllowed,
  isResponseTypeAllowed,
  verifyClientSecret,
} from './enforcement.ts'
import type { RegistryClient } from './registry-client.ts'

/** What this needs to know of an oidc-provider `Provider`. */
export interface OidcProvider {
  readonly Client: unknown
}

/** The questions that oidc-provider asks of a client; its published types leave most of them out. */
interface ClientQuestions {
  compareClientSecret(secret: string): boolean | Promise<boolean>
  redirectUriAllowed(uri: string): boolean
  grantTypeAllowed(type: string): boolean
  responseTypeAllowed(type: string): boolean
}

interface ClientModel {
  find(id: string): Promise<ClientQuestions | undefined>
  readonly prototype: ClientQuestions
}

/** Methods in which oidc-provider hands a secret over to be compared. */
const COMPARED = ['client_secret_basic', 'client_secret_post']

/**
 * Lets oidc-provider judge clients of the registry by the registry's rules: their secrets by hash, a redirect URI on a
 * loopback address with any port (RFC 8252 §7.3), no client credentials for public clients, and no scope for a client that has
 * none. Clients from elsewhere are judged as before. Call it once, on a provider that has not served yet.
 */
export function enforceRegistry(
  provider: OidcProvider,
  registry: RegistryReader,
  clock: Clock = systemClock,
): void {
  const model = provider.Client as ClientModel
  const records = new WeakMap<object, RegistryClient>()
  const find = model.find
  const theirs = { ...questionsOf(model.prototype) }

  model.find = async (id) => {
    const client = await find.call(model, id)
    const record = client && (await registry.findClient(id))
    if (!client || !record) return client
    records.set(client, record)
    // A blank one grants nothing (RFC 7591 §2); one that is missing would be a client without a ceiling.
    if (!(client as { scope?: string }).scope) Object.assign(client, { scope: ' ' })
    return client
  }

  Object.assign(model.prototype, {
    compareClientSecret(secret) {
      const record = records.get(this)
      if (!record) return theirs.compareClientSecret.call(this, secret)
      const isItsMethod = COMPARED.some((method) => isAuthMethodAllowed(record, method))
      return isItsMethod && verifyClientSecret(record, secret, nowInSeconds(clock))
    },
    redirectUriAllowed(uri) {
      const record = records.get(this)
      return record ? isRedirectUriAllowed(record, uri) : theirs.redirectUriAllowed.call(this, uri)
    },
    grantTypeAllowed(type) {
      const record = records.get(this)
      return record ? isGrantTypeAllowed(record, type) : theirs.grantTypeAllowed.call(this, type)
    },
    responseTypeAllowed(type) {
      const record = records.get(this)
      return record ? isResponseTypeAllowed(record, type) : theirs.responseTypeAllowed.call(this, type)
    },
  } satisfies ClientQuestions & ThisType<ClientQuestions>)
}

function questionsOf(prototype: ClientQuestions): ClientQuestions {
  const { compareClientSecret, redirectUriAllowed, grantTypeAllowed, responseTypeAllowed } = prototype
  return { compareClientSecret, redirectUriAllowed, grantTypeAllowed, responseTypeAllowed }
}

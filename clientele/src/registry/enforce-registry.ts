import { type Clock, nowInSeconds, systemClock } from '../runtime/clock.ts'
import type { RegistryReader } from './create-registry-reader.ts'
import { enforceLifetimes, type LifetimeModels } from './enforce-lifetimes.ts'
import {
  isAuthMethodAllowed,
  isGrantTypeAllowed,
  isPkceRequired,
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

/**
 * Lets oidc-provider judge clients of the registry by the registry's rules: their secrets by hash, a redirect URI on a
 * loopback address with any port (RFC 8252 §7.3), no client credentials for public clients, a code challenge where one is
 * required, no scope for a client that has none, and lifetimes no longer than registered. Clients from elsewhere are judged as before. Call it once, on a provider that has not served yet.
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
      return isSentByItsMethod(record, provider) && verifyClientSecret(record, secret, nowInSeconds(clock))
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
      if (!record) return theirs.responseTypeAllowed.call(this, type)
      checkCodeChallenge(record, type, provider)
      return isResponseTypeAllowed(record, type)
    },
  } satisfies ClientQuestions & ThisType<ClientQuestions>)
  enforceLifetimes(provider as unknown as LifetimeModels, (client) => records.get(client))
}

/** The request that oidc-provider is at; its parameters once it has read a request object or a pushed request. */
interface CurrentRequest {
  readonly headers?: { readonly authorization?: string }
  readonly oidc?: { readonly params?: { readonly code_challenge?: unknown } }
}

function currentRequest(provider: OidcProvider): CurrentRequest | undefined {
  return (provider.constructor as { readonly ctx?: CurrentRequest }).ctx
}

/** RFC 7591 §2: oidc-provider takes a secret from the header or the body, whichever of the two the client registered. */
function isSentByItsMethod(record: RegistryClient, provider: OidcProvider): boolean {
  const request = currentRequest(provider)
  if (request === undefined) return false
  const isInHeader = request.headers?.authorization !== undefined
  return isAuthMethodAllowed(record, isInHeader ? 'client_secret_basic' : 'client_secret_post')
}

/**
 * RFC 7636 §4.4.1. oidc-provider leaves that question to the host's configuration (`pkce.required`), which it does not show; it
 * asks for the response type once for each authorization request, and its errors reach the client.
 */
function checkCodeChallenge(record: RegistryClient, responseType: string, provider: OidcProvider): void {
  const params = currentRequest(provider)?.oidc?.params
  if (params === undefined || params.code_challenge || !isPkceRequired(record)) return
  if (!responseType.split(' ').includes('code')) return
  throw Object.assign(new Error('invalid_request'), {
    error: 'invalid_request',
    error_description: 'this client must send a code_challenge (RFC 7636)',
    expose: true,
    allow_redirect: true,
    status: 400,
    statusCode: 400,
  })
}

function questionsOf(prototype: ClientQuestions): ClientQuestions {
  const { compareClientSecret, redirectUriAllowed, grantTypeAllowed, responseTypeAllowed } = prototype
  return { compareClientSecret, redirectUriAllowed, grantTypeAllowed, responseTypeAllowed }
}

import { Hono } from 'hono'
import { createInitialAccessToken } from '../admin/create-initial-access-token.ts'
import { renderRegistryEntry } from '../clients/registry-entry.ts'
import { addRegistrationRoutes, answerErrors } from '../http/registration-routes.ts'
import { METADATA_FIELDS } from '../oauth/metadata-fields.ts'
import type { RegistrationDeps } from '../registration/deps.ts'
import { parseRegistryClient } from '../registry/registry-client.ts'
import { systemClock } from '../runtime/clock.ts'
import { attachRequestFacts } from '../runtime/request-facts.ts'
import { createSealer } from '../runtime/sealer.ts'
import { createKeys } from '../runtime/time-ordered.ts'
import { StoreUnavailable } from '../stores/store.ts'
import { endpointOf } from './addresses.ts'
import { checkOptions } from './check-options.ts'
import { completeCapabilities } from './complete-capabilities.ts'
import { createAttempts } from './create-attempts.ts'
import { observeClients, type RegistrarEvent } from './events.ts'
import { loadPolicies } from './load-policies.ts'
import type { RegistrarOptions } from './options.ts'
import type { Registrar, RequestInformation } from './registrar.ts'
import { createVerbs } from './verbs.ts'

const BODY_BYTES = 65_536

/**
 * Makes a front desk for OAuth clients (RFC 7591, RFC 7592) that lives inside your program: values in, a Web `fetch` and plain verbs
 * out. It reads no file, no environment and no global, and starts no timer. Throws a `RegistrarOptionsError` with everything that
 * is wrong with the options.
 */
export function createRegistrar(options: RegistrarOptions): Registrar {
  checkOptions(options)
  const { issuer, store, limits = {}, onFault } = options
  const registrationEndpoint = endpointOf(issuer, options.registrationEndpoint)
  const path = new URL(registrationEndpoint).pathname
  const registration = createRegistrationDeps(options)

  const app = new Hono()
  const bodyBytes = limits.bodyBytes ?? BODY_BYTES
  addRegistrationRoutes(app, path, { registration, bodyBytes, configurationEndpoint: registrationEndpoint })
  answerErrors(app, path, (error, requestId) => {
    // Not reaching the store is no fault of the program: the caller is told to try again (503).
    if (onFault) tellFault(onFault, error, requestId)
    else if (!(error instanceof StoreUnavailable)) throw error
  })

  return {
    registrationEndpoint,
    matches: (url) => isBelow(path, pathOf(url)),
    fetch: async (request, info = {}) => {
      checkBody(request)
      return app.fetch(request, { incoming: carry(info) })
    },
    ...createVerbs(registration, registrationEndpoint),
    async findClient(clientId) {
      const client = await store.findClient(clientId)
      return client && parseRegistryClient(renderRegistryEntry(client))
    },
    async createInitialAccessToken(terms) {
      if (store.createInitialAccessToken === undefined)
        throw new TypeError(
          'The store keeps no initial access tokens: it has no method createInitialAccessToken.',
        )
      const tokens = { createInitialAccessToken: store.createInitialAccessToken.bind(store) }
      return createInitialAccessToken(terms, 'host', { ...registration, store: tokens })
    },
  }
}

function createRegistrationDeps(options: RegistrarOptions): RegistrationDeps {
  const { clock = systemClock, statements, checkEveryRequest } = options
  const capabilities = completeCapabilities(options.capabilities)
  const fields = options.customMembers?.fields ?? METADATA_FIELDS
  const { policies: definitions = [], defaultPolicy = 'default', generators = {} } = options
  return {
    gates: options.gates,
    attempts: createAttempts(options.limits, clock),
    ...(statements === undefined ? {} : { statements }),
    ...(checkEveryRequest === undefined ? {} : { checkEveryRequest }),
    ignoreForeignBearer: options.ignoreForeignBearer ?? false,
    capabilities,
    policies: loadPolicies({ definitions, defaultPolicy, generators }, { capabilities, fields }),
    fields,
    store: observed(options),
    clock,
    keys: createKeys(clock, options.instance),
    sealer: createSealer(options.sealingKey),
    checkServable: options.checkServable ?? (() => {}),
    clientSecretLifetimeSeconds: options.clientSecretLifetimeSeconds ?? 0,
  }
}

function observed({ store, onEvent, onFault }: RegistrarOptions): RegistrationDeps['store'] {
  if (onEvent === undefined) return store
  return observeClients(store, (event: RegistrarEvent) => {
    // The change is committed: an observer who fails must not make its answer a lie.
    const told = (async () => onEvent(event))()
    // Who fails to hear of that as well has nobody left to be told.
    void told.catch((error: unknown) => onFault?.(error, undefined)).catch(() => {})
  })
}

/** Where the program fails to hear of a fault, the caller's answer is not the last that is known of it: both are thrown. */
function tellFault(
  onFault: NonNullable<RegistrarOptions['onFault']>,
  error: unknown,
  requestId: string | undefined,
): void {
  // The app hands what its error handler throws to the handler once more.
  if (error instanceof UnheardFault) throw error
  try {
    const heard: unknown = onFault(error, requestId)
    // An async function is one too; the answer does not wait for it.
    if (heard instanceof Promise) heard.catch(() => {})
  } catch (second) {
    throw new UnheardFault([error, second], 'onFault failed while it was told of a fault.')
  }
}

class UnheardFault extends AggregateError {}

function carry({ requestId, clientAddress, certificate }: RequestInformation): object {
  const carrier = {}
  attachRequestFacts(carrier, {
    id: requestId ?? '',
    ...(clientAddress === undefined ? {} : { address: clientAddress }),
    ...(certificate === undefined ? {} : { certificate }),
  })
  return carrier
}

/** A body parser that came first would make every registration fail in a way that says nothing. */
function checkBody({ bodyUsed, method }: Request): void {
  if (!bodyUsed) return
  throw new TypeError(
    `The body of this ${method} request was read before the registrar got it: mount the registrar before whatever reads bodies, or hand over a clone.`,
  )
}

function pathOf(url: string | URL): string {
  return url instanceof URL ? url.pathname : (URL.parse(url, 'http://localhost')?.pathname ?? '')
}

function isBelow(base: string, path: string): boolean {
  if (path === base) return true
  const rest = path.slice(base.length + 1)
  return path.startsWith(`${base}/`) && rest !== '' && !rest.includes('/')
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import { errors, type Provider } from 'oidc-provider'
import type { Clock } from '../runtime/clock.ts'
import type { Sealer } from '../runtime/sealer.ts'
import { type AccountStore, type AuditStore, type ClientStore, StoreUnavailable } from '../stores/store.ts'
import type { Attempts } from './accounts/attempts.ts'
import type { Authenticate } from './accounts/authenticate.ts'
import { ENGINE_PATHS } from './engine-paths.ts'
import { createConsentStep } from './interaction-consent.ts'
import { createFormTokens, readForm } from './interaction-form.ts'
import { createSignInStep } from './interaction-sign-in.ts'
import { takeUserCodeAttempt } from './interaction-user-code.ts'
import { finishVisit, type InteractionStep, REFUSAL, sendPage } from './interaction-visit.ts'
import { errorWords, renderErrorPage } from './pages/error-page.ts'
import { ENGINE_PAGE_HEADERS } from './pages/page-headers.ts'

/**
 * Sign-in and consent (OpenID Connect Core 1.0 §3.1.2.3 and §3.1.2.4): the pages to which the engine sends a browser
 * under `/interaction/<uid>`, and the answers with which it goes back to the engine.
 */
export interface Interactions {
  /**
   * Answers a request under `/interaction/`, and those for the user-code page that come too often. False for any other,
   * which is the engine's: its response then has the headers that suit the few pages that the engine writes itself.
   */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>
}

export interface InteractionDeps {
  readonly issuer: string
  /** Read at each request: the engine may have been rebuilt around new signing keys. */
  readonly engine: { readonly provider: Provider }
  readonly clients: Pick<ClientStore, 'findClient'>
  readonly accounts: Pick<AccountStore, 'findAccount'>
  /** Told when somebody lets a client in that nobody registered. */
  readonly audit: Pick<AuditStore, 'appendAudit'>
  readonly clock: Clock
  readonly authenticate: Authenticate
  readonly sealer: Sealer
  /** Bounds the guessing of user codes (RFC 8628 §5.1); without it nothing does. */
  readonly userCodeAttempts?: Attempts
  /** The network address that failures are counted on; behind a proxy the server knows it better than the socket. */
  readonly addressOf: (request: IncomingMessage) => string
  readonly requestIdOf?: (request: IncomingMessage) => string | undefined
  /** Told of every fault of ours, which the page only apologises for. */
  readonly reportError?: (error: unknown, request: IncomingMessage) => void
}

const PATH = /\/interaction\/([\w-]{1,200})(\/cancel)?$/
const FORM_FAULTS = {
  foreign: { status: 403, code: 'not_allowed' },
  type: { status: 415, code: 'invalid_request' },
  size: { status: 413, code: 'invalid_request' },
} as const

export function createInteractions(deps: InteractionDeps): Interactions {
  const { host, pathname } = new URL(deps.issuer)
  const base = pathname.replace(/\/$/, '')
  const devicePath = base + ENGINE_PATHS.deviceVerification
  const tokens = createFormTokens(deps.sealer.derive('interaction-forms'))
  const steps: Readonly<Record<string, InteractionStep>> = {
    login: createSignInStep({ host, tokens, authenticate: deps.authenticate, addressOf: deps.addressOf }),
    consent: createConsentStep({ ...deps, host, tokens }),
  }

  async function answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const match = PATH.exec(path)
    if (match === null) return sendError(request, response, 404, 'expired')
    const isCancel = match[2] !== undefined
    const methods = isCancel ? ['GET', 'HEAD'] : ['GET', 'HEAD', 'POST']
    if (!methods.includes(request.method ?? '')) {
      response.setHeader('Allow', methods.join(', '))
      return sendError(request, response, 405, 'invalid_request')
    }
    const { provider } = deps.engine
    const interaction = await provider.interactionDetails(request, response)
    // The cookie opens one interaction; another's address with this one's cookie opens none.
    if (interaction.uid !== match[1]) throw new errors.SessionNotFound('interaction and cookie differ')
    const client = await deps.clients.findClient(String(interaction.params.client_id))
    if (client === undefined) return sendError(request, response, 400, 'invalid_client')
    const visit = {
      request,
      response,
      provider,
      interaction,
      client,
      path: `${base}/interaction/${interaction.uid}`,
    }
    // A link and not a form, so that the page with the password field need not allow its form to leave our origin.
    if (isCancel)
      return request.method === 'GET' ? finishVisit(visit, REFUSAL) : void response.writeHead(204).end()
    const step = steps[interaction.prompt.name]
    if (step === undefined) throw new Error(`no page for the prompt ${interaction.prompt.name}`)
    if (request.method !== 'POST') return step.show(visit)
    const form = await readForm(request)
    if ('fields' in form) return step.submit(visit, form.fields)
    // What is left of a body that is too large is not read.
    if (form.fault === 'size') response.setHeader('Connection', 'close')
    const { status, code } = FORM_FAULTS[form.fault]
    sendError(request, response, status, code)
  }

  function sendError(request: IncomingMessage, response: ServerResponse, status: number, code: string): void {
    const requestId = deps.requestIdOf?.(request)
    sendPage(response, renderErrorPage({ host, words: errorWords(code, status), requestId }), status)
  }

  function sendFault(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    const isExpired = error instanceof errors.SessionNotFound
    if (!isExpired) deps.reportError?.(error, request)
    if (response.headersSent) response.destroy()
    else if (isExpired) sendError(request, response, 400, 'expired')
    else if (error instanceof StoreUnavailable) sendError(request, response, 503, 'temporarily_unavailable')
    else sendError(request, response, 500, 'server_error')
  }

  return {
    async handle(request, response) {
      const path = (request.url ?? '').split('?')[0]!
      if (path === devicePath && request.method === 'POST' && deps.userCodeAttempts !== undefined) {
        const wait = await takeUserCodeAttempt(deps.userCodeAttempts, deps.addressOf(request), response)
        if (wait !== undefined) {
          response.setHeader('Retry-After', String(wait))
          sendError(request, response, 429, 'slow_down')
          return true
        }
      }
      if (!path.startsWith('/interaction/') && !path.startsWith(`${base}/interaction/`)) {
        for (const [name, value] of Object.entries(ENGINE_PAGE_HEADERS)) response.setHeader(name, value)
        return false
      }
      await answer(request, response, path).catch((error: unknown) => sendFault(request, response, error))
      return true
    },
  }
}

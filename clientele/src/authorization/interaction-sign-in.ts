import type { IncomingMessage } from 'node:http'
import type { Authenticate } from './accounts/authenticate.ts'
import type { FormTokens } from './interaction-form.ts'
import { refusalWords } from './interaction-refusal.ts'
import {
  finishVisit,
  type InteractionStep,
  redirectUriOf,
  sendPage,
  type Visit,
} from './interaction-visit.ts'
import { clientView } from './pages/client-view.ts'
import { renderSignInPage } from './pages/sign-in-page.ts'

export interface SignInStepDeps {
  readonly host: string
  readonly tokens: FormTokens
  readonly authenticate: Authenticate
  readonly addressOf: (request: IncomingMessage) => string
}

/** An attempt that did not succeed, and how the page says so. */
interface Attempt {
  readonly status: number
  readonly email: string
  readonly error: string
}

const MAX_EMAIL_LENGTH = 320

/** Sign-in by email address and password (OpenID Connect Core 1.0 §3.1.2.3). */
export function createSignInStep({ host, tokens, authenticate, addressOf }: SignInStepDeps): InteractionStep {
  function show(visit: Visit, attempt?: Attempt): void {
    const { interaction, path } = visit
    const again = interaction.session?.accountId !== undefined
    const hint = interaction.params.login_hint
    const page = renderSignInPage({
      host,
      client: clientView(visit.client, visit.request.headers['accept-language']),
      action: path,
      cancelPath: `${path}/cancel`,
      formToken: tokens.issue(interaction.uid, 'login'),
      email: attempt?.email ?? (typeof hint === 'string' ? hint.slice(0, MAX_EMAIL_LENGTH) : undefined),
      error: attempt?.error,
      again,
    })
    // Someone who is signed in already may have consented before: then this form leads straight to the client.
    sendPage(
      visit.response,
      page,
      attempt?.status ?? 200,
      again ? { leavesTo: redirectUriOf(interaction) } : {},
    )
  }

  return {
    show: (visit) => show(visit),
    async submit(visit, fields) {
      const email = (fields.get('email') ?? '').slice(0, MAX_EMAIL_LENGTH)
      const password = fields.get('password') ?? ''
      if (!tokens.is(fields.get('token'), visit.interaction.uid, 'login')) {
        return show(visit, { status: 403, email, error: 'This page was out of date. Please try again.' })
      }
      if (email.trim() === '' || password === '') {
        return show(visit, { status: 400, email, error: 'Type your email address and your password.' })
      }
      const result = await authenticate(email, password, addressOf(visit.request))
      if (result.outcome === 'signed_in') {
        // The engine gives the session a new identifier when it takes this up: one planted before is worthless.
        return finishVisit(visit, { login: { accountId: result.account.id, amr: ['pwd'] } }, false)
      }
      const { status, error, retryAfterSeconds } = refusalWords(result)
      if (retryAfterSeconds !== undefined) visit.response.setHeader('Retry-After', String(retryAfterSeconds))
      return show(visit, { status, email, error })
    },
  }
}

import { type ClientView, clientName } from './client-view.ts'
import { type Html, html } from './html.ts'
import { errorSummary, renderPage } from './layout.ts'

export interface SignInPage {
  readonly host: string
  readonly client: ClientView
  /** The form's address; `cancelPath` ends the request with `access_denied`. */
  readonly action: string
  readonly cancelPath: string
  /** Binds the form to this interaction (see `interaction-form.ts`). */
  readonly formToken: string
  /** What stands in the field at first: a `login_hint`, or what was typed before. */
  readonly email?: string | undefined
  readonly error?: string | undefined
  /** Someone is signed in and the client wants to be sure that they are still there (`prompt=login`, `max_age`). */
  readonly again?: boolean
}

/** The sign-in page (OpenID Connect Core 1.0 §3.1.2.3). */
export function renderSignInPage(page: SignInPage): string {
  return renderPage({
    host: page.host,
    title: `${page.error === undefined ? '' : 'Error: '}Sign in`,
    body: html`<h1>${page.again ? 'Sign in again' : 'Sign in'}</h1>
<p class="lead">to continue to ${clientName(page.client)}</p>
${errorSummary(page.error)}
<form method="post" action="${page.action}" novalidate>
<input type="hidden" name="prompt" value="login">
<input type="hidden" name="token" value="${page.formToken}">
<label for="email">Email address</label>
<input id="email" name="email" type="email" value="${page.email}" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="320"${invalid(page)}${focus(!page.email)}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required maxlength="1024"${invalid(page)}${focus(Boolean(page.email))}>
<div class="actions">
<button type="submit">Sign in</button>
<a class="quiet" href="${page.cancelPath}">Cancel</a>
</div>
</form>`,
  })
}

function invalid({ error }: SignInPage): Html | false {
  return error !== undefined && html` aria-invalid="true" aria-describedby="error"`
}

function focus(here: boolean): Html | false {
  return here && html` autofocus`
}

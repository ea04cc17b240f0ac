import { type ClientView, clientName } from './client-view.ts'
import { type Html, html } from './html.ts'
import { renderPage } from './layout.ts'

export interface LogoutPage {
  readonly host: string
  /** The client that asks for the logout, where it said who it is. */
  readonly client?: ClientView | undefined
  readonly email?: string | undefined
  /** The engine's form, without its buttons; its id is `op.logoutForm`. */
  readonly form: Html
}

/** Asks before signing out (OpenID Connect RP-Initiated Logout 1.0 §2), because any page can send a browser here. */
export function renderLogoutPage({ host, client, email, form }: LogoutPage): string {
  return renderPage({
    host,
    title: 'Sign out?',
    body: html`<h1>Sign out?</h1>
<p class="lead">${client !== undefined && html`You have signed out of ${clientName(client)}. `}${
      email === undefined
        ? html`You are still signed in at ${host}.`
        : html`You are still signed in here as <bdi>${email}</bdi>.`
    }</p>
${form}
<div class="actions">
<button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>
<button type="submit" form="op.logoutForm" class="second">Stay signed in</button>
</div>`,
  })
}

/** After the answer, where the client named no address to go back to. */
export function renderLoggedOutPage(host: string, stillSignedIn: boolean): string {
  return renderPage({
    host,
    title: stillSignedIn ? 'Still signed in' : 'Signed out',
    body: stillSignedIn
      ? html`<h1>You are still signed in</h1>
<p>Nothing more to do here. You can close this page.</p>`
      : html`<h1>You are signed out</h1>
<p>You can close this page. On a shared computer, close the browser as well.</p>`,
  })
}

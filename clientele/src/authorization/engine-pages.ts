import type { Account, Client, ErrorOut, FindAccount, KoaContextWithOIDC, UnknownObject } from 'oidc-provider'

/**
 * What the authorization server shows to people and asks of accounts, handed to the engine as one value. The engine
 * decides *when* a page is due; `pages/page-sources.ts` decides what it says. Each source sets `ctx.status`, `ctx.type`
 * and `ctx.body` and its own response headers.
 *
 * `form` is the engine's markup for the page's form: it carries the form's id, its action and the engine's
 * cross-site-request token, and has no submit button; a page places it as it is and adds
 * `<button type="submit" form="ID" …>` elements.
 */
export interface EnginePages extends ShownPages {
  /** Where the engine sends the browser for sign-in and consent; a path on our own origin, `/interaction/<uid>`. */
  interactionPath(uid: string): string
}

export interface ShownPages {
  /** An authorization error that must not be redirected (RFC 6749 §4.1.2.1). `out` is safe to show; `error` is not. */
  renderError(ctx: KoaContextWithOIDC, out: ErrorOut, error: Error): void | Promise<void>
  /** RFC 8628 §3.3: asks for the user code. `error` says why the last one was refused. Form id `op.deviceInputForm`. */
  userCodeInput(ctx: KoaContextWithOIDC, form: string, out?: ErrorOut, error?: Error): void | Promise<void>
  /** RFC 8628 §5.4: shows the code and who asks before anything is granted. Form id `op.deviceConfirmForm`. */
  userCodeConfirm(
    ctx: KoaContextWithOIDC,
    form: string,
    client: Client,
    deviceInfo: UnknownObject,
    userCode: string,
  ): void | Promise<void>
  /** The device may go on. */
  userCodeSuccess(ctx: KoaContextWithOIDC): void | Promise<void>
  /** Asks whether to sign out (OpenID Connect RP-Initiated Logout 1.0 §2). Form id `op.logoutForm`. */
  logout(ctx: KoaContextWithOIDC, form: string): void | Promise<void>
  /** Signed out, and no address to return to. */
  postLogoutSuccess(ctx: KoaContextWithOIDC): void | Promise<void>
}

/** How the engine learns about an end-user (`accounts/find-account.ts`): undefined when the account is gone. */
export type FindEndUser = FindAccount

/** An end-user as the engine wants to see them. */
export type EndUser = Account

/** The claims that each scope releases (OpenID Connect Core 1.0 §5.4). Accounts answer for these and no others. */
export const CLAIMS_OF_SCOPES: Readonly<Record<string, readonly string[]>> = {
  openid: ['sub'],
  email: ['email', 'email_verified'],
  profile: ['updated_at'],
}

import type { IncomingMessage } from 'node:http'
import type { Client, KoaContextWithOIDC } from 'oidc-provider'
import type { AccountStore, ClientStore } from '../../stores/store.ts'
import type { ShownPages } from '../engine-pages.ts'
import { type ClientView, clientView } from './client-view.ts'
import {
  renderDeviceConnectedPage,
  renderDeviceRefusedPage,
  renderUserCodeConfirmPage,
  renderUserCodePage,
} from './device-pages.ts'
import { errorWords, renderErrorPage } from './error-page.ts'
import { trusted } from './html.ts'
import { renderLoggedOutPage, renderLogoutPage } from './logout-pages.ts'
import { type PageHeaderOptions, pageHeaders } from './page-headers.ts'

export interface PageSourceDeps {
  readonly issuer: string
  readonly clients: Pick<ClientStore, 'findClient'>
  readonly accounts: Pick<AccountStore, 'findAccount'>
  /** The id under which the log knows this request, where it has one. */
  readonly requestIdOf?: (request: IncomingMessage) => string | undefined
}

/** The pages that the engine asks for: errors, user codes (RFC 8628 §3.3) and RP-initiated logout. */
export function createPageSources({ issuer, clients, accounts, requestIdOf }: PageSourceDeps): ShownPages {
  const { host } = new URL(issuer)

  /** A registered client may have left since the engine read it; then its id is all that there is to show. */
  async function view(ctx: KoaContextWithOIDC, id: string): Promise<ClientView> {
    const client = await clients.findClient(id)
    return client === undefined ? { name: id, links: [] } : clientView(client, ctx.get('accept-language'))
  }

  return {
    renderError(ctx, out, error) {
      if (ctx.accepts('html', 'json') === 'json') {
        ctx.body = out
        return
      }
      // An error that the engine would have sent on has a redirect's status; here it ends at this page.
      const status = ctx.status >= 400 ? ctx.status : 400
      const code = error.name === 'SessionNotFound' ? 'expired' : out.error
      const { error_description: description } = out
      const requestId = requestIdOf?.(ctx.req)
      const page = renderErrorPage({
        host,
        words: errorWords(code, status),
        code: out.error,
        description,
        requestId,
      })
      send(ctx, page, status)
    },

    userCodeInput(ctx, _form, _out, error) {
      const action = ctx.oidc.urlFor('code_verification')
      if (error?.name === 'AbortedError') return send(ctx, renderDeviceRefusedPage(host, action), 200)
      // The engine's form has neither a label nor a size that a phone can use, and an inline handler that the content
      // security policy forbids; ours carries the same token.
      const page = renderUserCodePage({
        host,
        action,
        formToken: String(ctx.oidc.session?.state?.secret ?? ''),
        userCode: (error as { userCode?: string } | undefined)?.userCode,
        error: error === undefined ? undefined : (CODE_ERRORS[error.name] ?? CODE_ERRORS.other),
      })
      send(ctx, page, error === undefined ? 200 : Math.max(ctx.status, 400))
    },

    async userCodeConfirm(ctx, form, client, _deviceInfo, userCode) {
      send(
        ctx,
        renderUserCodeConfirmPage({
          host,
          client: await view(ctx, client.clientId),
          userCode,
          form: trusted(form),
        }),
      )
    },

    async userCodeSuccess(ctx) {
      send(ctx, renderDeviceConnectedPage(host, await view(ctx, ctx.oidc.client!.clientId)))
    },

    async logout(ctx, form) {
      const client: Client | undefined = ctx.oidc.client
      const accountId = ctx.oidc.session?.accountId
      const account = accountId === undefined ? undefined : await accounts.findAccount(accountId)
      const page = renderLogoutPage({
        host,
        client: client && (await view(ctx, client.clientId)),
        email: account?.email,
        form: trusted(form),
      })
      const leavesTo = ctx.oidc.params?.post_logout_redirect_uri
      send(ctx, page, 200, { leavesTo: typeof leavesTo === 'string' ? leavesTo : undefined })
    },

    async postLogoutSuccess(ctx) {
      const session = await ctx.oidc.provider.Session.get(ctx)
      send(ctx, renderLoggedOutPage(host, session.accountId !== undefined))
    },
  }
}

/** What is wrong with a user code, by the engine's name for it. */
const CODE_ERRORS: Readonly<Record<string, string>> = {
  NoCodeError: 'Type the code that your device shows.',
  NotFoundError: 'That is not a code that we know. Check it and type it again.',
  ExpiredError: 'That code is too old. Ask your device for a new one.',
  AlreadyUsedError: 'That code has been used. Ask your device for a new one.',
  other: 'That did not work. Type the code again, or ask your device for a new one.',
}

function send(ctx: KoaContextWithOIDC, page: string, status = 200, options?: PageHeaderOptions): void {
  ctx.status = status
  ctx.set(pageHeaders(options))
  ctx.body = page
}

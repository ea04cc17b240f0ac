import { type ClientView, clientLinks, clientName } from './client-view.ts'
import { type Html, html } from './html.ts'
import { errorSummary, renderPage } from './layout.ts'

export interface UserCodePage {
  readonly host: string
  readonly action: string
  readonly formToken: string
  readonly userCode?: string | undefined
  readonly error?: string | undefined
}

/** Asks for the code that a device shows (RFC 8628 §3.3). */
export function renderUserCodePage({ host, action, formToken, userCode, error }: UserCodePage): string {
  return renderPage({
    host,
    title: `${error === undefined ? '' : 'Error: '}Connect a device`,
    body: html`<h1>Connect a device</h1>
<p class="lead">Type the code that your device shows.</p>
${errorSummary(error)}
<form method="post" action="${action}" novalidate>
<input type="hidden" name="xsrf" value="${formToken}">
<label for="user_code">Code</label>
<input class="code-input" id="user_code" name="user_code" value="${userCode?.slice(0, 40)}" autocomplete="off" autocapitalize="characters" spellcheck="false" required maxlength="40"${error !== undefined && html` aria-invalid="true" aria-describedby="error"`} autofocus>
<div class="actions"><button type="submit">Continue</button></div>
</form>`,
  })
}

export interface UserCodeConfirmPage {
  readonly host: string
  readonly client: ClientView
  /** As the device shows it. */
  readonly userCode: string
  /** The engine's form, without its buttons; its id is `op.deviceConfirmForm`. */
  readonly form: Html
}

/**
 * Shows the code again and who asks, before anything else happens: whoever followed a link with a code in it may have
 * been sent it by a stranger (RFC 8628 §5.4).
 */
export function renderUserCodeConfirmPage({ host, client, userCode, form }: UserCodeConfirmPage): string {
  return renderPage({
    host,
    title: `Connect ${client.name}?`,
    body: html`<h1>Connect ${clientName(client)}?</h1>
<p class="lead">Your device should show this code now.</p>
<p class="code" aria-label="Code">${userCode}</p>
<div class="notice"><p><strong>Not verified.</strong> This program registered itself under this name. Go on only if you started this yourself and the codes are the same.</p></div>
${form}
<div class="actions side">
<button type="submit" form="op.deviceConfirmForm">Continue</button>
<button type="submit" form="op.deviceConfirmForm" name="abort" value="yes" class="second">Cancel</button>
</div>
${clientLinks(client)}`,
  })
}

/** The device may go on. */
export function renderDeviceConnectedPage(host: string, client: ClientView): string {
  return renderPage({
    host,
    title: 'Device connected',
    body: html`<h1>Device connected</h1>
<p>${clientName(client)} has access to your account now. Go back to your device; you can close this page.</p>`,
  })
}

/** The end-user cancelled, or refused to give consent. */
export function renderDeviceRefusedPage(host: string, codePagePath: string): string {
  return renderPage({
    host,
    title: 'Device not connected',
    body: html`<h1>Device not connected</h1>
<p role="status">You refused, so the device has no access to your account. You can close this page.</p>
<p><a href="${codePagePath}">Type another code</a></p>`,
  })
}

import { type ClientView, clientLinks, clientName } from './client-view.ts'
import { type Html, html } from './html.ts'
import { errorSummary, renderPage } from './layout.ts'
import type { ReturnAddress } from './return-address.ts'
import { scopeWords } from './scope-words.ts'

export interface ConsentPage {
  readonly host: string
  readonly client: ClientView
  readonly returnsTo: ReturnAddress
  /** The email address of the account that is asked. */
  readonly email?: string | undefined
  readonly asked: AskedFor
  /** Scopes of this request that the end-user has granted before. */
  readonly grantedBefore: readonly string[]
  readonly action: string
  readonly formToken: string
  readonly error?: string | undefined
}

/** What the grant will hold when the end-user agrees: all of this is shown, and nothing else is granted. */
export interface AskedFor {
  readonly scopes: readonly string[]
  /** Single claims (OpenID Connect Core 1.0 §5.5). */
  readonly claims: readonly string[]
  /** Each resource (RFC 8707) with the scopes that are for it. */
  readonly resources: readonly { readonly resource: string; readonly scopes: readonly string[] }[]
}

/** The consent page: who asks (by their own account), what for, and where the answer goes. */
export function renderConsentPage(page: ConsentPage): string {
  const name = clientName(page.client)
  const items = itemsOf(page.asked)
  return renderPage({
    host: page.host,
    title: `Allow ${page.client.name}?`,
    body: html`<h1>Allow ${name} to use your account?</h1>
${page.email !== undefined && html`<p class="lead">You are signed in as <bdi>${page.email}</bdi>.</p>`}
${errorSummary(page.error)}
${page.client.neverSeen ? NEVER_SEEN : NOT_VERIFIED}
${items.length > 0 && html`<h2 id="asked">It asks to</h2><ul class="scopes" aria-labelledby="asked">${items}</ul>`}
${page.grantedBefore.length > 0 && grantedBefore(page.grantedBefore)}
<h2 id="where">Where your answer goes</h2>
<dl aria-labelledby="where">${returnRow(page.returnsTo)}${page.asked.resources.map(
      ({ resource }) => html`<div><dt>For use at</dt><dd>${resource}</dd></div>`,
    )}</dl>
<form method="post" action="${page.action}">
<input type="hidden" name="prompt" value="consent">
<input type="hidden" name="token" value="${page.formToken}">
<div class="actions side">
<button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny" class="second">Deny</button>
</div>
</form>
${clientLinks(page.client)}`,
  })
}

const NOT_VERIFIED = html`<div class="notice"><p><strong>Not verified.</strong> This program registered itself under this name. Allow it only if you started this yourself.</p></div>`

const NEVER_SEEN = html`<div class="notice"><p><strong>Never seen before.</strong> Nobody registered this program here, and anybody can use this name. Allow it only if you started this yourself and know the place below that your answer goes to.</p></div>`

function itemsOf({ scopes, claims, resources }: AskedFor): readonly Html[] {
  const all = new Set([...scopes, ...resources.flatMap((resource) => resource.scopes)])
  return [
    ...[...all].map((scope) => {
      const { title, detail } = scopeWords(scope)
      return html`<li>${title}${detail !== undefined && html`<span>${detail}</span>`}</li>`
    }),
    ...claims.map((claim) => html`<li>See your ${claim.replaceAll('_', ' ')}</li>`),
  ]
}

function grantedBefore(scopes: readonly string[]): Html {
  return html`<h2 id="before">You allowed before</h2><ul class="scopes" aria-labelledby="before">${scopes.map(
    (scope) => html`<li>${scopeWords(scope).title}</li>`,
  )}</ul>`
}

function returnRow({ kind, where }: ReturnAddress): Html {
  const places: Readonly<Record<ReturnAddress['kind'], Html>> = {
    web: html`<strong>${where}</strong>`,
    loopback: html`A program on this device (<strong>${where}</strong>)`,
    'private-use': html`The program on this device that opens <strong>${where}</strong> links`,
    device: html`The device that showed you the code`,
  }
  return html`<div><dt>Returns to</dt><dd>${places[kind]}</dd></div>`
}

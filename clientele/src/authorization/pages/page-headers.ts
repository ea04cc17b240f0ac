import { STYLE_SOURCE } from './stylesheet.ts'

/** How the pages' forms may leave: where the answer to a form may lead the browser. */
export interface PageHeaderOptions {
  /** The redirect URI to which the answer to this page's form may lead, directly or through the engine. */
  readonly leavesTo?: string | undefined
}

/**
 * The headers of every page: no script, no image, no frame, no outside style, nothing kept, and no referrer, because
 * addresses on our pages carry one-time values (RFC 9700 §4.2.4, §4.16).
 *
 * Cross-Origin-Opener-Policy is absent on purpose: browser clients that open us in a popup hear from their own redirect
 * URI through `window.opener`, and the header would cut that.
 */
export function pageHeaders({ leavesTo }: PageHeaderOptions = {}): Readonly<Record<string, string>> {
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': [
      "default-src 'none'",
      `style-src ${STYLE_SOURCE}`,
      `form-action ${formAction(leavesTo)}`,
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ].join('; '),
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  }
}

/**
 * For the pages that the engine writes itself, forms that send themselves on: `form_post` answers, links with a user
 * code in them, a sign-in as someone else. The engine adds the hash of its one line of script to `script-src`; their
 * forms may lead to clients, so there is no `form-action`.
 */
export const ENGINE_PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': "default-src 'none'; script-src; frame-ancestors 'none'; base-uri 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
}

/**
 * Chromium holds `form-action` against every redirect that follows the form, on our origin, to the redirect URI, and
 * from there to wherever the client sends its user next (a loopback program often redirects on to its vendor's site).
 * A host would therefore break clients that do nothing wrong, so a page whose form may leave allows the *scheme* of the
 * redirect URI. The page that takes a password never leaves after a first sign-in and allows our own origin alone.
 */
function formAction(leavesTo: string | undefined): string {
  const scheme =
    leavesTo === undefined ? undefined : /^([a-z][a-z0-9+.-]*):/i.exec(leavesTo)?.[1]?.toLowerCase()
  if (scheme === undefined) return "'self'"
  // A loopback redirect over http may go on to https; CSP 3 §6.7.2.8 lets `http:` match both.
  return `'self' ${scheme}:`
}

import { type Html, html, trusted } from './html.ts'
import { STYLESHEET } from './stylesheet.ts'

export interface Page {
  /** The document's title; by its own it says what the page wants, for those who hear it first. */
  readonly title: string
  readonly body: Html
  /** The host of the authorization server, so that people see where they are. */
  readonly host: string
}

/** A whole document. The stylesheet stands in it, so that a page is one request and shows at once. */
export function renderPage({ title, body, host }: Page): string {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${trusted(STYLESHEET)}</style>
</head>
<body>
<main>
${MARK}
${body}
</main>
<footer><p>You are at <strong>${host}</strong></p></footer>
</body>
</html>
`.html
}

/** The summary of what went wrong, read out at once (WAI-ARIA `alert`). */
export function errorSummary(message: string | undefined, id = 'error'): Html | false {
  return message !== undefined && html`<div class="error" role="alert" id="${id}"><p>${message}</p></div>`
}

/** A front desk's bell. */
const MARK = trusted(
  '<svg class="mark" viewBox="0 0 36 36" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M5 25a13 13 0 0 1 26 0z"/><path d="M3 30h30M18 12V7M14.5 7h7"/></svg>',
)

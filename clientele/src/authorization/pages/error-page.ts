import { displayText } from './display-text.ts'
import { html } from './html.ts'
import { renderPage } from './layout.ts'

export interface ErrorPage {
  readonly host: string
  readonly words: ErrorWords
  /** For whoever builds the client: the error as RFC 6749 §4.1.2.1 names it, never more than its wire form. */
  readonly code?: string | undefined
  readonly description?: string | undefined
  /** By which the operator finds the log's lines. */
  readonly requestId?: string | undefined
}

/** An error in words for the person in front of it. */
export interface ErrorWords {
  readonly title: string
  readonly text: string
}

/** An error that must not be sent on to the client, because nobody knows yet where it may be reached. */
export function renderErrorPage({ host, words, code, description, requestId }: ErrorPage): string {
  const rows = [
    ['Error', code],
    ['Description', description === undefined ? undefined : displayText(description, 300)],
    ['Request', requestId],
  ].filter(([, value]) => value !== undefined)
  return renderPage({
    host,
    title: words.title,
    body: html`<h1>${words.title}</h1>
<p role="alert">${words.text}</p>
${rows.length > 0 && html`<details><summary>Details for developers</summary><dl>${rows.map(([term, value]) => html`<div><dt>${term}</dt><dd><code>${value}</code></dd></div>`)}</dl></details>`}`,
  })
}

/** What an end-user should know and do, by the error's code. */
export function errorWords(code: string, status: number): ErrorWords {
  return Object.hasOwn(WORDS, code)
    ? WORDS[code]!
    : status >= 500
      ? WORDS.server_error!
      : WORDS.invalid_request!
}

const WORDS: Readonly<Record<string, ErrorWords>> = {
  expired: {
    title: 'This sign-in has ended',
    text: 'It took too long, or it was finished in another window. Go back to the program that you came from and start again.',
  },
  access_denied: {
    title: 'Nothing was allowed',
    text: 'The program that sent you was given nothing, and you were not sent back to it. You can close this page.',
  },
  invalid_client: {
    title: 'This program is not known here',
    text: 'The program that sent you is not registered, or its registration was deleted. Nothing was sent to it. Start again in that program; it may have to register anew.',
  },
  invalid_redirect_uri: {
    title: 'The way back is not registered',
    text: 'The program that sent you wants you returned to an address that it has not registered. To protect your account you were not sent there.',
  },
  not_allowed: {
    title: 'That did not come from our page',
    text: 'The answer was sent from somewhere else, so it was not used. Go back and try again on the page itself.',
  },
  slow_down: {
    title: 'Too many wrong codes',
    text: 'Please wait a quarter of an hour, ask your device for a new code, and try again.',
  },
  temporarily_unavailable: {
    title: 'Please try again in a moment',
    text: 'The service cannot answer just now. Nothing was changed.',
  },
  server_error: {
    title: 'Something went wrong on our side',
    text: 'Nothing was sent to the program that you came from. Please try again in a moment.',
  },
  invalid_request: {
    title: 'This request cannot be used',
    text: 'The program that sent you made a mistake in its request. Start again in that program; if it happens again, tell its makers.',
  },
}

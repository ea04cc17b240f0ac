/**
 * The one way in which a page is written: a tagged template that escapes everything it is given. Client names, scopes
 * and addresses come from programs that registered themselves, so every one of them is hostile until it was escaped.
 */
export interface Html {
  readonly html: string
}

/** What a template takes: text and numbers are escaped, `Html` is kept, lists are joined, nothing leaves nothing. */
export type Part = Html | string | number | false | null | undefined | readonly Part[]

/** Markup with its values escaped, for text and for quoted attributes alike. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let text = strings[0]!
  for (const [index, part] of parts.entries()) text += render(part) + strings[index + 1]!
  return { html: text }
}

/**
 * Markup that is not escaped. Only for our own constants and for the engine's form markup, which carries the engine's
 * cross-site-request token; never for anything that a client, a browser or an end-user sent.
 */
export function trusted(markup: string): Html {
  return { html: markup }
}

function render(part: Part): string {
  if (part === false || part === null || part === undefined) return ''
  if (typeof part === 'string') return escapeText(part)
  if (typeof part === 'number') return String(part)
  return 'html' in part ? part.html : part.map(render).join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

function escapeText(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => ENTITIES[character]!)
}

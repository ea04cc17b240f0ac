/** A browser without a screen: keeps cookies by path, follows redirects on its own origin, fills forms in. */
export interface Visited {
  readonly status: number
  readonly headers: Headers
  readonly body: string
  readonly url: string
  /** Where the last redirect led when that was another origin. */
  readonly left?: URL
}

export class Visitor {
  readonly cookies = new Map<string, { readonly value: string; readonly path: string }>()
  readonly origin: string
  /** Where requests to that origin go: a proxy's part. */
  readonly via: string
  headers: Record<string, string> = {}

  constructor(issuer: string, via?: string) {
    this.origin = new URL(issuer).origin
    this.via = via ?? this.origin
  }

  async open(url: string, init: RequestInit = {}): Promise<Visited> {
    const response = await this.fetch(url, init)
    const location = response.headers.get('location')
    if (location === null) {
      return { status: response.status, headers: response.headers, body: await response.text(), url }
    }
    await response.body?.cancel()
    const next = new URL(location, url)
    if (next.origin !== this.origin) {
      return { status: response.status, headers: response.headers, body: '', url, left: next }
    }
    return this.open(next.href)
  }

  /** One request, no redirect followed. */
  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const { pathname } = new URL(url)
    const cookie = [...this.cookies]
      .filter(([, { path }]) => pathname === path || path === '/' || pathname.startsWith(`${path}/`))
      .map(([name, { value }]) => `${name.split('@')[0]}=${value}`)
      .join('; ')
    const headers = new Headers({
      accept: 'text/html',
      ...this.headers,
      ...(init.headers as Record<string, string>),
    })
    if (cookie !== '') headers.set('cookie', cookie)
    const response = await fetch(url.replace(this.origin, this.via), { ...init, redirect: 'manual', headers })
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    return response
  }

  /** Sends the page's form with these fields beside its hidden ones. */
  submit(page: Visited, fields: Readonly<Record<string, string>>): Promise<Visited> {
    const action = /<form[^>]* action="([^"]*)"/.exec(page.body)?.[1]
    if (action === undefined) throw new Error(`no form on this page:\n${page.body}`)
    return this.open(new URL(unescapeHtml(action), page.url).href, {
      method: 'POST',
      body: new URLSearchParams({ ...hiddenFields(page.body), ...fields }),
    })
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ')
    const at = pair.indexOf('=')
    const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? '/'
    const name = `${pair.slice(0, at)}@${path}`
    if (pair.endsWith('=')) this.cookies.delete(name)
    else this.cookies.set(name, { value: pair.slice(at + 1), path })
  }
}

export function hiddenFields(body: string): Record<string, string> {
  const inputs = [...body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
  return Object.fromEntries(inputs.map(([, name, value]) => [name!, unescapeHtml(value!)]))
}

function unescapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&amp;': '&',
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
  }
  return text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity]!)
}

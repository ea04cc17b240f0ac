/** An end-user at a browser without a screen: opens what a client sends them to, signs in, and agrees. */
import { type Visited, Visitor } from '../flows/sign-in-visitor.ts'

export interface Credentials {
  readonly email: string
  readonly password: string
}

/** Where the browser was sent at the end: back to the client. */
export interface Returned {
  /** The `Location` header as it was written: the client compares text. */
  readonly location: string
  /** The parameters of the answer, wherever the response mode put them. */
  readonly answer: URLSearchParams
  /** What the end-user was shown on the way, by heading. */
  readonly shown: readonly string[]
}

/** More pages than any journey has: an end-user who is asked again and again gives up. */
const MOST_PAGES = 6

export class Person {
  readonly browser: Visitor
  readonly #credentials: Credentials

  constructor(origin: string, credentials: Credentials) {
    this.browser = new Visitor(origin)
    this.#credentials = credentials
  }

  /** Opens an authorization request and says yes to everything, until the browser is back at the client. */
  async authorize(url: string): Promise<Returned> {
    const { page, shown } = await this.#agree(await this.browser.open(url))
    if (page.left === undefined)
      throw new Error(`the journey ended on a page (${page.status}):\n${page.body}`)
    const location = page.headers.get('location') ?? ''
    const answer = new URLSearchParams(page.left.hash === '' ? page.left.search : page.left.hash.slice(1))
    return { location, answer, shown }
  }

  /** Opens a device's verification address, confirms the code and says yes (RFC 8628 §3.3); the heading at the end. */
  async connectDevice(verificationUri: string, userCode: string): Promise<string> {
    const { page } = await this.#agree(await this.browser.open(verificationUri), userCode)
    return headingOf(page)
  }

  async #agree(first: Visited, userCode?: string): Promise<{ page: Visited; shown: readonly string[] }> {
    const shown: string[] = []
    let page = first
    while (page.left === undefined && page.body.includes('<form')) {
      shown.push(headingOf(page))
      if (shown.length > MOST_PAGES) throw new Error(`no end to the questions: ${shown.join(' | ')}`)
      page = await this.browser.submit(page, this.#fill(page, userCode))
    }
    return { page, shown }
  }

  #fill({ body }: Visited, userCode?: string): Readonly<Record<string, string>> {
    if (body.includes('name="password"')) return { ...this.#credentials }
    if (body.includes('name="decision"')) return { decision: 'allow' }
    return body.includes('id="user_code"') ? { user_code: userCode ?? '' } : {}
  }
}

function headingOf({ body }: Visited): string {
  const heading = /<h1[^>]*>(.*?)<\/h1>/s.exec(body)?.[1] ?? ''
  return heading.replace(/<[^>]*>/g, '').trim()
}

import type { ClientRecord } from '../../clients/client.ts'
import { displayText } from './display-text.ts'
import { type Html, html } from './html.ts'
import { findLocalized } from './localized.ts'

/** What a page says of a client. All of it is the client's own word: nobody has checked it. */
export interface ClientView {
  readonly name: string
  readonly language?: string
  /** Pages about the client, https only. `logo_uri` is not among them: loading it would tell the client who looks. */
  readonly links: readonly ClientLink[]
  /** Nobody registered it: the name is whatever its request says. */
  readonly neverSeen?: boolean
}

export interface ClientLink {
  readonly label: string
  readonly url: string
}

const LINKS = [
  ['client_uri', 'Website'],
  ['policy_uri', 'Privacy policy'],
  ['tos_uri', 'Terms of service'],
] as const

/** The view of a client in the reader's language; its id stands in for a name that is missing or cannot be seen. */
export function clientView(client: ClientRecord, acceptLanguage: string | undefined): ClientView {
  if (client.door === 'unregistered') return { name: displayText(client.id, 128), links: [], neverSeen: true }
  const named = findLocalized(client.granted, 'client_name', acceptLanguage)
  const name = named === undefined ? '' : displayText(named.text)
  const links = LINKS.flatMap(([member, label]) => {
    const link = findLocalized(client.granted, member, acceptLanguage)
    const url = link === undefined ? null : URL.parse(link.text)
    return url?.protocol === 'https:' && url.href.length <= 2048 ? [{ label, url: url.href }] : []
  })
  if (name === '') return { name: client.id, links }
  return { name, links, ...(named?.language === undefined ? {} : { language: named.language }) }
}

/** The name, kept apart from the text around it whatever direction it is written in. */
export function clientName(client: ClientView): Html {
  return client.language === undefined
    ? html`<bdi>${client.name}</bdi>`
    : html`<bdi lang="${client.language}">${client.name}</bdi>`
}

/** The client's pages, as links that tell nothing of where they were followed from. */
export function clientLinks(client: ClientView): Html | false {
  if (client.links.length === 0) return false
  return html`<ul class="links">${client.links.map(
    ({ label, url }) =>
      html`<li><a href="${url}" rel="noreferrer noopener nofollow" target="_blank">${label}<span> (${new URL(url).host})</span></a></li>`,
  )}</ul>`
}

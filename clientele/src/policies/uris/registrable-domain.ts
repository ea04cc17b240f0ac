import { parse } from 'tldts'
import { isAddress } from './canonical-host.ts'

const OPTIONS = { allowPrivateDomains: true, extractHostname: false } as const

/**
 * Whether two canonical hosts belong to one registrant, by the public suffix list: `app.example.com` and `www.example.com`.
 * The list's private part counts: `a.github.io` and `b.github.io` are strangers. Addresses, and hosts that are a public
 * suffix themselves, are only their own kin.
 */
export function haveOneRegistrant(a: string, b: string): boolean {
  if (a === b) return true
  const domain = registrableDomain(a)
  return domain !== undefined && domain === registrableDomain(b)
}

/** Who may register names below a host: `icann` and `private` registries sell or give them to anybody. */
export function registryOf(host: string): 'icann' | 'private' | undefined {
  const { publicSuffix, isIcann, isPrivate } = parse(`label.${host}`, OPTIONS)
  if (publicSuffix !== host) return undefined
  return isIcann ? 'icann' : isPrivate ? 'private' : undefined
}

function registrableDomain(host: string): string | undefined {
  return isAddress(host) ? undefined : (parse(host, OPTIONS).domain ?? undefined)
}

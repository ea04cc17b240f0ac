/** How to reach what the operator named beside this server: receivers of webhooks, the admin APIs of other servers. */
import { readFileSync } from 'node:fs'
import { createOutboundFetch, findTargetFault, type OutboundFetch } from '../runtime/outbound-fetch.ts'
import { isLoopbackName } from './issuer.ts'
import { StartError } from './start-error.ts'

/**
 * Of one request. Less than a lease (`events/follow-feed.ts`), so that no two instances send the same webhook at once; what a
 * connector does takes several requests and may outlast it, and may be done twice.
 */
const TIMEOUT_MILLISECONDS = 10_000
/** A page of another server's clients. */
const MOST_BYTES = 8_388_608

export interface Beside {
  readonly url: string
  readonly allow_private_addresses: boolean
}

/**
 * The guarded fetch for one of them. An address that can be seen to be refused is told at the start, not at the first event;
 * one that a name resolves to only then. On a loopback issuer everything is one developer's, and this machine is let through.
 */
export function createBesideFetch(
  key: string,
  { url, allow_private_addresses }: Beside,
  issuer: string,
): OutboundFetch {
  const allowLoopback = isLoopbackName(new URL(issuer).hostname)
  const fault = allow_private_addresses ? undefined : findTargetFault(new URL(url), allowLoopback)
  if (fault !== undefined) {
    throw new StartError(
      `${key} names ${new URL(url).origin}: ${fault}. If that is meant, set allow_private_addresses = true there.`,
    )
  }
  return createOutboundFetch({
    allowLoopback,
    allowPrivate: allow_private_addresses,
    timeoutMilliseconds: TIMEOUT_MILLISECONDS,
    maxBytes: MOST_BYTES,
  })
}

/** The text of a file with a secret, without the line's end. Throws `StartError`. */
export function readSecretFile(key: string, path: string): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8').trim()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw new StartError(`${key} names ${path}, which cannot be read: ${code}.`, { cause: error })
  }
  if (text === '') throw new StartError(`${key} names ${path}, which is empty.`)
  return text
}

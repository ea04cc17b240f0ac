import type { JsonObject } from '../oauth/json.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import { sha256 } from '../runtime/cryptography.ts'
import type { OutboundFetch } from '../runtime/outbound-fetch.ts'
import type { AuditAction, AuditRecord, FeedEntry } from '../stores/store.ts'
import { DeliveryRefused } from './delivery-refused.ts'
import type { Follower } from './follow-feed.ts'
import { signWebhook } from './standard-webhook.ts'

export interface WebhookOptions {
  readonly url: string
  /** Of its cursor and in the log; made of the address when there is none, so that another address begins anew. */
  readonly name?: string
  /** The newest first; each signs. */
  readonly keys: readonly Uint8Array[]
  readonly events: readonly AuditAction[]
}

/**
 * A receiver of events over HTTP, signed per the Standard Webhooks specification. What is sent is thin: what happened, when, to
 * which client in which revision, by whom. Whoever needs more asks the registry, and gets what holds now.
 */
export function createWebhook(
  { url, name, keys, events }: WebhookOptions,
  { send, clock }: { readonly send: OutboundFetch; readonly clock: Clock },
): Follower {
  const wanted = new Set<string>(events)
  return {
    name: `webhook:${name ?? nameOf(url)}`,
    begins: 'now',
    wants: ({ action }) => wanted.has(action),
    async deliver(entry, signal) {
      const body = JSON.stringify(renderEvent(entry.record))
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'Clientele',
        ...signWebhook({ id: idOf(entry), timestamp: nowInSeconds(clock), body }, keys),
      }
      const { status, headers: answered } = await send(url, { method: 'POST', headers, body, signal })
      if (status < 200 || status > 299) throw new DeliveryRefused(status, answered.get('retry-after'))
    },
  }
}

/** Without path and query, which may be what opens the door there: the name stands in the log and in the database. */
function nameOf(url: string): string {
  return `${new URL(url).origin}#${sha256(url).slice(0, 8)}`
}

/**
 * The body of a message. Members are picked one by one: an audit record may learn new ones that are not for everybody.
 */
export function renderEvent({ action, at, subject, actor, detail }: AuditRecord): JsonObject {
  const isAboutClient = action.startsWith('client.') || action.startsWith('registration_access_token.')
  const { revision } = detail ?? {}
  return {
    type: action,
    timestamp: new Date(at * 1000).toISOString(),
    data: {
      at,
      ...(isAboutClient ? { client_id: subject } : { subject }),
      ...(typeof revision === 'number' ? { revision } : {}),
      actor,
    },
  }
}

/** Of the place and the content: a registry that was set back to a backup uses places again, for other events. */
function idOf({ position, record }: FeedEntry): string {
  return `evt_${sha256(JSON.stringify([position, record]))}`
}

/** The receivers of events, from `[[events.webhooks]]`. */
import type { Follower } from '../events/follow-feed.ts'
import { parseWebhookSecret } from '../events/standard-webhook.ts'
import { createWebhook } from '../events/webhook.ts'
import type { Clock } from '../runtime/clock.ts'
import { createBesideFetch, readSecretFile } from './beside-fetch.ts'
import type { Config } from './config-schema.ts'
import type { WebhookConfig } from './events-schema.ts'
import { StartError } from './start-error.ts'

export function createWebhooks(
  config: Config,
  { issuer, clock }: { issuer: string; clock: Clock },
): readonly Follower[] {
  return config.events.webhooks.map((webhook) => {
    const { url, name, events } = webhook
    const named = name === undefined ? {} : { name }
    const send = createBesideFetch('events.webhooks', webhook, issuer)
    return createWebhook({ url, ...named, events, keys: readKeys(webhook) }, { send, clock })
  })
}

/** A line each; the newest stands first. */
function readKeys({ secret, secret_file }: WebhookConfig): readonly Uint8Array[] {
  const text = secret ?? readSecretFile('events.webhooks.secret_file', secret_file ?? '')
  return text.split(/\s+/).map((each) => {
    const key = parseWebhookSecret(each)
    if (key !== undefined) return key
    throw new StartError(
      `${secret_file} does not hold webhook secrets: each line is whsec_ and base64 of 24 to 64 random bytes.`,
    )
  })
}

/** Who is told of what happens, and where clients are mirrored to: the sections `events`, `connectors` and `registry`. */
import { z } from 'zod'
import { parseWebhookSecret } from '../events/standard-webhook.ts'
import type { AuditAction } from '../stores/store.ts'

const address = z
  .string()
  .min(1)
  .max(2048)
  .refine((value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''), 'must be an http or https address')
const file = z.string().min(1).max(2048)
export const CONNECTOR_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/
const name = z.string().regex(CONNECTOR_NAME, 'must be of a-z, 0-9, ".", "_" and "-"')

/** What may be told to somebody else; `stores/store/audit.ts` says what each one is. */
export const WEBHOOK_EVENTS = [
  'client.registered',
  'client.updated',
  'client.deleted',
  'registration_access_token.rotated',
  'client.used_unregistered',
  'initial_access_token.created',
  'initial_access_token.revoked',
  'api_key.created',
  'api_key.revoked',
  'service_account.created',
  'service_account.deleted',
  'account.created',
  'signing_keys.created',
  'signing_key.rotated',
  'signing_key.deleted',
] as const satisfies readonly AuditAction[]

const secret = z
  .string()
  .refine(
    (value) => parseWebhookSecret(value) !== undefined,
    'must be whsec_ and base64 of 24 to 64 random bytes',
  )

const webhook = z
  .strictObject({
    name: name.optional(),
    url: address,
    secret: secret.optional(),
    secret_file: file.optional(),
    events: z
      .array(z.enum(WEBHOOK_EVENTS))
      .min(1)
      .default(['client.registered', 'client.updated', 'client.deleted']),
    allow_private_addresses: z.boolean().default(false),
  })
  .refine(({ secret: text, secret_file }) => (text === undefined) !== (secret_file === undefined), {
    message: 'needs exactly one of secret, secret_file',
  })

const oryHydra = z.strictObject({
  name,
  url: address,
  token_file: file.optional(),
  allow_private_addresses: z.boolean().default(false),
})

const keycloak = z.strictObject({
  name,
  url: address,
  realm: z.string().min(1).max(255),
  client_id: z.string().min(1).max(255),
  client_secret_file: file,
  base_scopes: z
    .array(z.string().min(1))
    .default(['acr', 'basic', 'roles', 'service_account', 'web-origins']),
  allow_private_addresses: z.boolean().default(false),
})

export type WebhookConfig = z.output<typeof webhook>
export type OryHydraConfig = z.output<typeof oryHydra>
export type KeycloakConfig = z.output<typeof keycloak>

export const registrySection = z
  .strictObject({
    max_age_seconds: z.int().min(0).max(3600).default(1).meta({
      description:
        'How long another authorization server may use what GET /registry/v1/clients/{id} answered without asking again: so long it may still serve a client that was changed or deleted.',
      allowed: 'whole seconds from 0 to 3600',
    }),
  })
  .prefault({})
  .meta({
    description:
      'The look-up for other authorization servers, by API keys with the permission registry-read.',
  })

export const eventsSection = z
  .strictObject({
    webhooks: z
      .array(webhook)
      .max(100)
      .refine(
        hasNoTwins<WebhookConfig>(({ url }) => url),
        'has the same url twice',
      )
      .refine(
        (webhooks) => hasNoTwins<string>((each) => each)(webhooks.flatMap((each) => each.name ?? [])),
        'has the same name twice',
      )
      .default([])
      .meta({
        description:
          'Who is told of events, each a table [[events.webhooks]], signed per the Standard Webhooks specification. docs/operate/beside-your-server.md describes it.',
        allowed:
          'tables (JSON in the environment) with url; secret or secret_file (whsec_…, a line each; all of them sign); name; events; allow_private_addresses, which also lets http through',
      }),
  })
  .prefault({})
  .meta({ description: 'Who is told of what happens.' })

export const connectorsSection = z
  .strictObject({
    ory_hydra: z.array(oryHydra).max(20).default([]).meta({
      description:
        'Ory Hydra servers that clients are mirrored into, each a table [[connectors.ory_hydra]]. docs/operate/beside-your-server.md describes it.',
      allowed:
        'tables (JSON in the environment) with name; url of the admin API; token_file; allow_private_addresses',
    }),
    keycloak: z.array(keycloak).max(20).default([]).meta({
      description:
        'Keycloak realms that clients are mirrored into, each a table [[connectors.keycloak]]. docs/operate/beside-your-server.md describes it.',
      allowed:
        'tables (JSON in the environment) with name; url; realm; client_id and client_secret_file of a service account; base_scopes; allow_private_addresses',
    }),
  })
  .prefault({})
  .meta({ description: 'Other authorization servers that clients are mirrored into.' })

/** What single keys cannot tell: a connector's name is its cursor's, whatever it speaks to. */
export function findConnectorFault(connectors: z.output<typeof connectorsSection>): string | undefined {
  const all: readonly { readonly name: string }[] = [...connectors.ory_hydra, ...connectors.keycloak]
  return hasNoTwins<{ name: string }>((each) => each.name)(all)
    ? undefined
    : 'has a name that another connector has'
}

function hasNoTwins<T>(keyOf: (item: T) => string): (items: readonly T[]) => boolean {
  return (items) => new Set(items.map(keyOf)).size === items.length
}

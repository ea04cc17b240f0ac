/** Every key that an operator can set, with its default, its sentence, and what it allows: the only list of them. */
import { z } from 'zod'
import { customMembersKey } from './custom-members-schema.ts'
import { connectorsSection, eventsSection, registrySection } from './events-schema.ts'
import { limitStoreKeys } from './limit-store-schema.ts'
import { logSection } from './log-schema.ts'
import { mutualTlsSection } from './mutual-tls-schema.ts'
import { policiesSection } from './policies-schema.ts'
import { roleKeys } from './role-schema.ts'
import { scopesSection } from './scopes-schema.ts'
import { seconds } from './seconds-schema.ts'
import { storageSection } from './storage-schema.ts'
import { apiKeysSection, basicSection, managementSection } from './stored-credentials-schema.ts'
import { tokensSection } from './tokens-schema.ts'
import { connectionKeys, connectionLimits, proxyKeys, tlsSection } from './transport-schema.ts'
import { bearerSection, softwareStatementsSection } from './trusted-issuer-schema.ts'

const host = z
  .string()
  .regex(/^[0-9A-Za-z.:_-]+$/)
  .default('127.0.0.1')
  .meta({
    description: 'The address to listen on.',
    allowed: 'an IP address or a host name; 0.0.0.0 or :: for every address',
  })

const port = z.int().min(0).max(65535).default(7591).meta({
  description: 'The TCP port to listen on.',
  allowed: 'a whole number from 0 to 65535; 0 takes a free port',
})

const text = z.string().min(1)

const HOUR = 3600
const DAY = 24 * HOUR
const YEAR = 365 * DAY

export const configSchema = z.strictObject({
  server: z
    .strictObject({
      host,
      port,
      issuer: text.optional().meta({
        description:
          'The issuer identifier, the public address of this server (RFC 8414 §2). Every address that clients are told begins with it. Default: http://127.0.0.1:<port>.',
        allowed: 'an https address without query, fragment or closing slash; http only on a loopback address',
        example: 'https://id.example.com',
      }),
      ...roleKeys,
      allow_insecure_issuer: z.boolean().default(false).meta({
        description:
          'Accept an http issuer that is not a loopback address. Credentials then travel in the clear, against RFC 8414 §2: only for closed test networks.',
        allowed: 'true or false',
      }),
      data: text.default('./data').meta({
        description: 'The folder that holds everything this server keeps. One server at a time can use it.',
        allowed: 'the path of a folder, which is created when it is missing',
      }),
      sealing_key_file: text.optional().meta({
        description:
          'The file with the 32-byte key that seals client secrets and signing keys in the database. Set it to keep the key apart from the data. Default: sealing.key in the data folder, made at first start.',
        allowed: 'the path of a file',
        example: '/run/secrets/clientele-sealing-key',
      }),
      ...proxyKeys,
      drain_seconds: z.int().min(0).max(600).default(20).meta({
        description: 'How long a stop waits for requests that are being answered.',
        allowed: 'whole seconds from 0 to 600',
      }),
      ...connectionKeys,
      tls: tlsSection,
    })
    .prefault({})
    .meta({ description: 'Where it listens, what it is called, where it keeps its data.' }),

  storage: storageSection,

  registration: z
    .strictObject({
      enabled: z.boolean().default(true).meta({
        description:
          'Offer dynamic client registration. When it is off, the client registration endpoint and every client configuration endpoint answer 404, and the metadata does not announce them.',
        allowed: 'true or false',
      }),
      anonymous: z.boolean().default(false).meta({
        description:
          'Let anyone register a client without an initial access token (open registration, RFC 7591 §3).',
        allowed: 'true or false',
      }),
      anonymous_public: z.boolean().default(false).meta({
        description:
          'Let anyone register a public client (token_endpoint_auth_method "none") without credentials; one with a secret or keys needs another gate. Has no effect where anonymous is true.',
        allowed: 'true or false',
      }),
      require: z.boolean().default(true).meta({
        description:
          'Serve registered clients only. When it is false, anybody may use a client id that nobody registered, as a public client with PKCE and any https or loopback redirect URI. Read docs/operate/who-may-register.md first.',
        allowed: 'true or false',
      }),
      ignore_foreign_bearer: z.boolean().default(false).meta({
        description:
          "Treat a bearer token that no gate knows as none at the client registration endpoint, because ownCloud's desktop client sends one that it had elsewhere. A token that a gate knows is still refused when it is bad.",
        allowed: 'true or false',
      }),
      client_secret_lifetime_seconds: z
        .int()
        .min(0)
        .max(10 * YEAR)
        .default(0)
        .meta({
          description:
            'How long the secret of a newly registered client is valid; 0 for ever. The client reads the end in client_secret_expires_at (RFC 7591 §3.2.1).',
          allowed: `whole seconds from 0 to ${10 * YEAR}`,
        }),
      custom_members: customMembersKey,
    })
    .prefault({})
    .meta({ description: 'Who may register a client.' }),

  initial_access_tokens: z
    .strictObject({
      enabled: z.boolean().default(true).meta({
        description: 'Let whoever holds an initial access token register a client (RFC 7591 §1.2).',
        allowed: 'true or false',
      }),
    })
    .prefault({})
    .meta({ description: 'Initial access tokens as a gate.' }),

  management: managementSection,

  api_keys: apiKeysSection,

  basic: basicSection,

  mutual_tls: mutualTlsSection,

  unregistered: z
    .strictObject({
      refresh_tokens: z.boolean().default(false).meta({
        description: 'Give refresh tokens to clients that nobody registered.',
        allowed: 'true or false',
      }),
    })
    .prefault({})
    .meta({ description: 'Clients that nobody registered, where registration.require is false.' }),

  bearer: bearerSection,

  software_statements: softwareStatementsSection,

  policies: policiesSection,

  scopes: scopesSection,

  tokens: tokensSection,

  limits: z
    .strictObject({
      enabled: z.boolean().default(true).meta({
        description:
          'Every rate limit and throttle. Switch off for load tests only; the start warns about it.',
        allowed: 'true or false',
      }),
      body_bytes: z.int().min(1024).max(1_048_576).default(65_536).meta({
        description:
          'The longest request body; a longer one is answered with 413. Holds also when the limits are off.',
        allowed: 'whole bytes from 1024 to 1048576',
      }),
      ...connectionLimits,
      ...limitStoreKeys,
      failures_per_address: z.int().min(1).max(100_000).default(50).meta({
        description:
          'Refused credentials from one network address within the window, at each gate of the registration and at the admin API, before further bad ones are answered with 429. Good ones pass, except passwords of service accounts, which are then not looked at. For IPv6 a /64 counts as one address.',
        allowed: 'a whole number from 1 to 100000',
      }),
      failures_per_client: z.int().min(1).max(100_000).default(20).meta({
        description:
          'Failed authentications of one client from one network address within the window, before further ones are answered with 429. A good one passes.',
        allowed: 'a whole number from 1 to 100000',
      }),
      failure_window_seconds: seconds(900, DAY, 'The window in which refused credentials are counted.'),
      sign_in_failures_per_account: z.int().min(1).max(1000).default(10).meta({
        description: 'Wrong passwords for one account within the window, before it has to wait.',
        allowed: 'a whole number from 1 to 1000',
      }),
      sign_in_failures_per_address: z.int().min(1).max(100_000).default(50).meta({
        description: 'Wrong passwords from one network address within the window, before it has to wait.',
        allowed: 'a whole number from 1 to 100000',
      }),
      sign_in_window_seconds: seconds(900, DAY, 'The window in which wrong passwords are counted.'),
    })
    .prefault({})
    .meta({ description: 'What protects this server from too much.' }),

  registry: registrySection,
  events: eventsSection,
  connectors: connectorsSection,

  log: logSection,
})

/** The whole configuration, checked, with every default filled in. */
export type Config = Readonly<z.output<typeof configSchema>>

import { z } from 'zod'
import { randomCharacters, randomUuid } from '../../runtime/random-characters.ts'
import type { CredentialTerms } from '../policy.ts'
import { defineSection, type SectionFault } from '../section.ts'
import {
  ALPHANUMERIC,
  type CharacterSource,
  checkIdSource,
  checkSecretSource,
  LOWER_ALPHANUMERIC,
} from './credential-source.ts'

/**
 * `[credentials]`: how a client's id, secret and registration access token are made, and how long they live (RFC 7591
 * §3.2.1, RFC 7592 §3). What is made is made again at every registration; who has one keeps it.
 */
const YEARS = 10 * 365 * 86_400

const lifetime = (description: string) =>
  z
    .int()
    .min(0)
    .max(YEARS)
    .optional()
    .meta({ description, allowed: `whole seconds from 0 to ${YEARS}; 0 for ever` })

/** Characters that need no escaping anywhere (RFC 3986 §2.3): some clients send HTTP Basic without it. */
const alphabet = z
  .string()
  .regex(/^[A-Za-z0-9._~-]{2,66}$/)
  .refine((text) => new Set(text).size === text.length, { message: 'has a character twice' })
  .optional()
const prefix = z
  .string()
  .regex(/^[A-Za-z0-9._~-]{1,32}$/)
  .optional()
const ALPHABET = 'letters, digits, ".", "_", "~" and "-", each once'
const PREFIX = '1 to 32 letters, digits, ".", "_", "~" and "-"'

const clientId = z
  .strictObject({
    generator: z.enum(['uuid-v7', 'uuid-v4', 'random']).optional().meta({
      description:
        'How client ids are made. UUIDs of version 7 grow, and keep the database small; those of version 4 do not tell when a client was registered. Default: "uuid-v7".',
      allowed: '"uuid-v7", "uuid-v4" or "random"',
    }),
    length: z.int().min(8).max(96).optional().meta({
      description: 'Characters after the prefix, for the generator "random". Default: 22.',
      allowed: 'a whole number from 8 to 96; together with the alphabet at least 64 bits',
    }),
    alphabet: alphabet.meta({
      description:
        'Characters to draw from, for the generator "random". Default: digits and lower-case letters.',
      allowed: ALPHABET,
    }),
    prefix: prefix.meta({
      description: 'What every id begins with, for the generators "uuid-v4" and "random".',
      allowed: PREFIX,
    }),
  })
  .superRefine((source, context) => checkIdSource(source, context))

const clientSecret = z
  .strictObject({
    length: z.int().min(22).max(200).optional().meta({
      description: 'Random characters after the prefix. Default: 43.',
      allowed: 'a whole number from 22 to 200; together with the alphabet at least 128 bits',
    }),
    alphabet: alphabet.meta({
      description: 'Characters to draw from. Default: digits and letters.',
      allowed: ALPHABET,
    }),
    prefix: prefix.meta({
      description:
        'What every secret begins with, for secret scanners. Without length, alphabet and prefix secrets have the form of this server (cl_sec_…).',
      allowed: PREFIX,
    }),
    lifetime: lifetime(
      'How long a new secret is valid. Default: registration.client_secret_lifetime_seconds of the server.',
    ),
  })
  .superRefine((source, context) => checkSecretSource(source, context))

const registrationAccessToken = z.strictObject({
  lifetime: lifetime('How long a new registration access token is valid. Default: 0.'),
  rotation: z.enum(['never', 'update', 'use']).optional().meta({
    description:
      'When the client gets a new registration access token: never, with each update, or with each read and update. The one before stays good until the new one was used. Default: "never".',
    allowed: '"never", "update" or "use"',
  }),
})

const schema = z.strictObject({
  caller_may_choose: z.boolean().optional().meta({
    description:
      'Whether a caller with the permission oauth-client-override may choose id and secret of the client. Default: true.',
    allowed: 'true or false',
  }),
  client_id: clientId.optional().meta({ description: 'How client ids are made.' }),
  client_secret: clientSecret.optional().meta({ description: 'How client secrets are made.' }),
  registration_access_token: registrationAccessToken
    .optional()
    .meta({ description: 'How long registration access tokens live, and when they are replaced.' }),
})

type CredentialsTable = z.output<typeof schema>

export const credentials = defineSection({
  key: 'credentials',
  schema: schema.meta({
    description:
      "How a client's id, secret and registration access token are made, and how long they live (RFC 7591 §3.2.1, RFC 7592 §3).",
  }),
  compile: (table) => ({ credentials: termsOf(table) }),
  findFaults,
})

function termsOf(table: CredentialsTable): Partial<CredentialTerms> {
  const { caller_may_choose, client_secret, registration_access_token: token = {} } = table
  const makeClientId = idMaker(table.client_id)
  const makeClientSecret = secretMaker(client_secret)
  const secretLifetime = client_secret?.lifetime
  return {
    ...(makeClientId === undefined ? {} : { makeClientId }),
    ...(makeClientSecret === undefined ? {} : { makeClientSecret }),
    ...(caller_may_choose === undefined ? {} : { callerMayChoose: caller_may_choose }),
    ...(secretLifetime === undefined ? {} : { clientSecretLifetimeSeconds: secretLifetime }),
    ...(token.lifetime === undefined ? {} : { registrationAccessTokenLifetimeSeconds: token.lifetime }),
    ...(token.rotation === undefined ? {} : { registrationAccessTokenRotation: token.rotation }),
  }
}

function idMaker(table: CredentialsTable['client_id'] = {}): (() => string) | undefined {
  const { generator = 'uuid-v7', prefix: head = '', length = 22, alphabet: from = LOWER_ALPHANUMERIC } = table
  if (generator === 'random') return () => head + randomCharacters(length, from)
  if (generator === 'uuid-v4') return () => head + randomUuid()
  return undefined
}

function secretMaker(table: CharacterSource = {}): (() => string) | undefined {
  const { prefix: head, length, alphabet: from } = table
  if (head === undefined && length === undefined && from === undefined) return undefined
  return () => (head ?? '') + randomCharacters(length ?? 43, from ?? ALPHANUMERIC)
}

function findFaults({ registration_access_token: token }: CredentialsTable): readonly SectionFault[] {
  const isCutOff = (token?.lifetime ?? 0) > 0 && (token?.rotation ?? 'never') === 'never'
  if (!isCutOff) return []
  const message =
    'ends what nothing replaces: a client is then cut off from its registration; set rotation to "update" or "use"'
  return [{ severity: 'warning', path: 'registration_access_token.lifetime', message }]
}

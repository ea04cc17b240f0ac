/** The configuration of other issuers: `[[bearer.issuers]]` and `[[software_statements.issuers]]`, and their sections. */
import { z } from 'zod'
import { CALLING_PERMISSIONS } from '../clients/permission.ts'
import { checkJwks } from '../oauth/jwks.ts'
import { parseScope } from '../oauth/scope.ts'
import { SIGNATURE_ALGORITHMS } from '../runtime/verify-jwt.ts'

const text = z.string().min(1).max(2048)
const texts = z.array(text).min(1).max(100)
/** A server that listens on a loopback address may fetch from one; the guarded fetch refuses it to all others. */
const address = text.refine((value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''))
const scope = z.string().refine((value) => value === '' || parseScope(value)?.[0] === value)
/** Held against the field table in `check-statement-members.ts`: the operator's own members count too. */
const member = text

/** Where the keys are: exactly one of these. */
const keySource = {
  jwks_file: text.optional(),
  jwks: z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) }).optional(),
  jwks_url: address.optional(),
  discovery: z.literal(true).optional(),
}

const issuer = {
  issuer: text,
  ...keySource,
  algorithms: z
    .array(z.enum(SIGNATURE_ALGORITHMS))
    .min(1)
    .default(['ES256', 'PS256', 'RS256', 'EdDSA', 'Ed25519']),
  clock_skew_seconds: z.int().min(0).max(300).default(60),
  max_age_seconds: z.int().min(1).optional(),
}

const value = z.union([z.string(), z.number(), z.boolean()])
const claimTest = z.union([
  z.strictObject({ claim: text, equals: value }),
  z.strictObject({ claim: text, contains: value }),
])

const bearerIssuer = z
  .strictObject({
    ...issuer,
    // An issuer has no fragment (RFC 8414 §2); what follows one names the caller.
    issuer: text.refine((name) => !name.includes('#')),
    audience: texts,
    types: texts.default(['at+jwt']),
    register_scope: scope.optional(),
    read_scope: scope.optional(),
    update_scope: scope.optional(),
    delete_scope: scope.optional(),
    required_claims: z.array(claimTest).default([]),
    permissions: z.array(z.enum(CALLING_PERMISSIONS)).default([]),
  })
  .superRefine(checkKeySource)
  .superRefine(checkSomethingIsAsked)

const statementIssuer = z
  .strictObject({
    ...issuer,
    audience: texts.optional(),
    types: texts.default(['jwt', 'software-statement+jwt']),
    expiry_required: z.boolean().default(false),
    claims: z.record(text, member).default({}),
    members: z.array(member).min(1).optional(),
    required_members: z.array(member).default([]),
    redirect_uris: z.enum(['exact', 'subset']).default('exact'),
    software_ids: texts.optional(),
    single_use: z.boolean().default(false),
  })
  .superRefine(checkKeySource)
  .superRefine(checkSingleUse)

export type BearerIssuerConfig = z.output<typeof bearerIssuer>
export type StatementIssuerConfig = z.output<typeof statementIssuer>
export type KeySourceConfig = Pick<z.output<z.ZodObject<typeof issuer>>, 'issuer' | keyof typeof keySource>

const KEYS_ALLOWED =
  'issuer; one of jwks_file, jwks (a JWK Set in place), jwks_url, discovery = true; algorithms; clock_skew_seconds; max_age_seconds'

const operationScope = (standard: string, operation: string) =>
  scope.default(standard).meta({
    description: `The scope that an access token needs to ${operation}.`,
    allowed: 'a scope name; "" where none is needed',
  })

/** The gate for access tokens. */
export const bearerSection = z
  .strictObject({
    enabled: z.boolean().default(false).meta({
      description:
        'Let clients of this server register others, with an access token that has the scope below (RFC 6750). These scopes are then supported, and privileged: see scopes.privileged.',
      allowed: 'true or false',
    }),
    register_scope: operationScope('register', 'register a client').refine((value) => value !== ''),
    read_scope: operationScope('register:read', 'read a registration that is the caller’s'),
    update_scope: operationScope('register:update', 'update a registration that is the caller’s'),
    delete_scope: operationScope('register:delete', 'delete a registration that is the caller’s'),
    issuers: z
      .array(bearerIssuer)
      .max(100)
      .default([])
      .refine(hasNoTwins)
      .meta({
        description:
          'Other authorization servers whose access tokens register clients, each a table [[bearer.issuers]]. Their tokens are JWTs (RFC 9068) for one of the audiences.',
        allowed: `tables (JSON in the environment) with ${KEYS_ALLOWED}; audience (a list); types; register_scope, read_scope, update_scope, delete_scope; required_claims (tables with claim, and equals or contains); permissions`,
      }),
  })
  .prefault({})
  .meta({ description: 'Access tokens that let their holder register clients.' })

/** Software statements, and the gate that they open. */
export const softwareStatementsSection = z
  .strictObject({
    required: z.boolean().default(false).meta({
      description:
        'Register nobody without a software statement of an issuer below (RFC 7591 §2.3), whatever gate they came through.',
      allowed: 'true or false; true needs an issuer',
    }),
    admits: z.boolean().default(false).meta({
      description: 'Let whoever has such a statement register without other credentials.',
      allowed: 'true or false; true needs an issuer',
    }),
    longest: z.int().min(256).max(1_048_576).default(16_384).meta({
      description: 'The longest software statement; a longer one is refused unread.',
      allowed: 'characters from 256 to 1048576',
    }),
    issuers: z
      .array(statementIssuer)
      .max(100)
      .default([])
      .refine(hasNoTwins)
      .meta({
        description:
          'Issuers of software statements, each a table [[software_statements.issuers]]. What they claim of a client wins over what it says itself. Without an issuer, statements are ignored.',
        allowed: `tables (JSON in the environment) with ${KEYS_ALLOWED}; audience (a list; without it, a statement that names an audience must name this server); types; expiry_required; claims (a table from claim to member); members; required_members; redirect_uris ("exact" or "subset"); software_ids; single_use`,
      }),
  })
  .prefault({})
  .meta({ description: 'Who vouches for clients.' })

function hasNoTwins(issuers: readonly { readonly issuer: string }[]): boolean {
  return new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length
}

function checkKeySource(entry: KeySourceConfig, context: z.RefinementCtx): void {
  const sources = Object.keys(keySource).filter((name) => entry[name as keyof typeof keySource] !== undefined)
  if (sources.length !== 1) {
    const message = `needs exactly one of ${Object.keys(keySource).join(', ')}`
    context.addIssue({ code: 'custom', message, path: sources.slice(1, 2) })
  }
  const fault = entry.jwks && checkJwks(entry.jwks as never)
  if (fault) context.addIssue({ code: 'custom', message: fault.message, path: ['jwks'] })
  if (entry.discovery && !/^https?:\/\//.test(entry.issuer)) {
    context.addIssue({
      code: 'custom',
      message: 'is no address, so nothing can be discovered',
      path: ['issuer'],
    })
  }
}

/** What every user of the issuer could do, where neither a scope nor a claim is asked for. */
const OPENED = {
  register_scope: { permission: undefined, toAll: 'register clients' },
  read_scope: { permission: 'oauth-client-get', toAll: 'read every client' },
  update_scope: { permission: 'oauth-client-update', toAll: 'change every client' },
  delete_scope: { permission: 'oauth-client-delete', toAll: 'delete every client' },
} as const

type AskedOf = { readonly [key in keyof typeof OPENED]?: string | undefined } & {
  readonly required_claims: readonly unknown[]
  readonly permissions: readonly string[]
}

/**
 * Without a scope and without a test on a claim, whoever can sign in at that issuer could register clients here, or, with
 * a permission for all clients, manage those of everybody.
 */
function checkSomethingIsAsked(entry: AskedOf, context: z.RefinementCtx): void {
  if (entry.required_claims.length > 0) return
  for (const key of Object.keys(OPENED) as (keyof typeof OPENED)[]) {
    const { permission, toAll } = OPENED[key]
    if (entry[key] !== '' || (permission !== undefined && !entry.permissions.includes(permission))) continue
    const message = `is "" and there are no required_claims, so that every user of this issuer could ${toAll}`
    context.addIssue({ code: 'custom', message, path: [key] })
  }
}

/** A statement that counts once is remembered until it ends: without an end, for ever. */
function checkSingleUse(
  entry: { single_use: boolean; expiry_required: boolean; max_age_seconds?: number | undefined },
  context: z.RefinementCtx,
): void {
  if (!entry.single_use || entry.expiry_required || entry.max_age_seconds !== undefined) return
  const message = 'needs expiry_required = true or max_age_seconds beside it'
  context.addIssue({ code: 'custom', message, path: ['single_use'] })
}

/** The issuers that the operator trusts, from the configuration: their keys, and what is asked of what they sign. */
import { readFileSync } from 'node:fs'
import type { BearerIssuer } from '../gates/bearer-issuers.ts'
import type { OperationScopes } from '../gates/bearer-scopes.ts'
import { isObject, type JsonObject } from '../oauth/json.ts'
import { checkJwks } from '../oauth/jwks.ts'
import { REGISTRATION_PATH } from '../oauth/paths.ts'
import type { Clock } from '../runtime/clock.ts'
import { fixedIssuerKeys, type IssuerKeys, remoteIssuerKeys } from '../runtime/issuer-keys.ts'
import type { Log } from '../runtime/log.ts'
import { findTargetFault, type OutboundFetch } from '../runtime/outbound-fetch.ts'
import type { TrustedStatementIssuer } from '../statements/trusted-statement-issuer.ts'
import type { Config } from './config-schema.ts'
import { isLoopbackName } from './issuer.ts'
import { createKeysLog } from './keys-log.ts'
import { StartError } from './start-error.ts'
import type { BearerIssuerConfig, KeySourceConfig, StatementIssuerConfig } from './trusted-issuer-schema.ts'

export interface IssuerDeps {
  /** This server's own issuer identifier. */
  readonly issuer: string
  readonly fetch: OutboundFetch
  readonly clock: Clock
  readonly log: Pick<Log, 'warn'>
}

/** The scopes that open this server's registration endpoint to access tokens. */
export function operationScopes({ bearer }: Pick<Config, 'bearer'>): OperationScopes {
  return {
    register: bearer.register_scope,
    read: bearer.read_scope,
    update: bearer.update_scope,
    delete: bearer.delete_scope,
  }
}

export function createBearerIssuers(config: Config, deps: IssuerDeps): readonly BearerIssuer[] {
  const standard = operationScopes(config)
  return config.bearer.issuers.map((entry) => ({
    ...trustOf(entry, deps),
    audiences: entry.audience,
    needsExpiry: true,
    scopes: {
      register: entry.register_scope ?? standard.register,
      read: entry.read_scope ?? standard.read,
      update: entry.update_scope ?? standard.update,
      delete: entry.delete_scope ?? standard.delete,
    },
    requiredClaims: entry.required_claims,
    permissions: entry.permissions,
  }))
}

export function createStatementIssuers(config: Config, deps: IssuerDeps): readonly TrustedStatementIssuer[] {
  return config.software_statements.issuers.map((entry) => ({
    ...trustOf(entry, deps),
    audiences: entry.audience ?? [deps.issuer, deps.issuer + REGISTRATION_PATH],
    isAudienceOptional: entry.audience === undefined,
    needsExpiry: entry.expiry_required,
    claims: entry.claims,
    ...(entry.members === undefined ? {} : { members: entry.members }),
    requiredMembers: entry.required_members,
    redirectUris: entry.redirect_uris,
    ...(entry.software_ids === undefined ? {} : { softwareIds: entry.software_ids }),
    isSingleUse: entry.single_use,
  }))
}

function trustOf(entry: BearerIssuerConfig | StatementIssuerConfig, deps: IssuerDeps) {
  return {
    issuer: entry.issuer,
    keys: keysOf(entry, deps),
    algorithms: entry.algorithms,
    types: entry.types.map((type) => type.toLowerCase().replace(/^application\//, '')),
    clockSkewSeconds: entry.clock_skew_seconds,
    ...(entry.max_age_seconds === undefined ? {} : { maxAgeSeconds: entry.max_age_seconds }),
  }
}

function keysOf(entry: KeySourceConfig, deps: IssuerDeps): IssuerKeys {
  if (entry.jwks_file !== undefined) return fixedIssuerKeys(readJwksFile(entry.jwks_file))
  if (entry.jwks !== undefined) return fixedIssuerKeys(entry.jwks as JsonObject)
  const location = entry.jwks_url === undefined ? { discoverFrom: entry.issuer } : { url: entry.jwks_url }
  checkAddress(entry, deps)
  return remoteIssuerKeys({ location, ...deps, onFailure: createKeysLog(entry.issuer, deps) })
}

/** An address that the guarded fetch never asks would start cleanly and then refuse everybody. */
function checkAddress({ issuer, jwks_url: address = issuer }: KeySourceConfig, deps: IssuerDeps): void {
  const target = URL.parse(address)
  const isLocal = isLoopbackName(new URL(deps.issuer).hostname)
  const fault = target ? findTargetFault(target, isLocal) : 'it is no address'
  if (fault === undefined) return
  throw new StartError(
    `The keys of the trusted issuer ${issuer} can never be fetched from ${address}: ${fault}. Keys are fetched over https from public addresses only; put them into a file and name it in jwks_file.`,
  )
}

/** Read once, at the start: a file that is missing or holds no public keys stops it. */
function readJwksFile(path: string): JsonObject {
  let jwks: unknown
  try {
    jwks = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'it is not JSON'
    throw new StartError(`The JWK Set of a trusted issuer cannot be read from ${path}: ${why}.`, {
      cause: error,
    })
  }
  const fault = isObject(jwks) ? checkJwks(jwks) : { message: 'is no JSON object' }
  if (fault) throw new StartError(`The JWK Set of a trusted issuer in ${path} ${fault.message}.`)
  if ((jwks as { keys: unknown[] }).keys.length === 0) {
    throw new StartError(`The JWK Set of a trusted issuer in ${path} has no keys.`)
  }
  return jwks as JsonObject
}

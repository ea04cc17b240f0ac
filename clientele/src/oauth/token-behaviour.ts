import { DEVICE_CODE } from './capabilities.ts'
import type { CompleteMetadata } from './client-metadata.ts'
import type { DroppedValue } from './draft.ts'
import type { JsonValue } from './json.ts'

/**
 * Which clients a member of token behaviour says something about. A lifetime of refresh tokens means nothing to a client
 * that gets none, so it is dropped and reported, not stored: a later update would bring it to life unseen.
 */
const MEANT_FOR: Readonly<Record<string, (metadata: CompleteMetadata) => boolean>> = {
  identity_token_lifetime: (metadata) => hasEndUser(metadata) && hasScope(metadata, 'openid'),
  authorization_code_lifetime: hasCode,
  require_pkce: hasCode,
  absolute_refresh_token_lifetime: mayRefresh,
  sliding_refresh_token_lifetime: (metadata) =>
    mayRefresh(metadata) && metadata.refresh_token_expiration !== 'Absolute',
  refresh_token_expiration: mayRefresh,
  refresh_token_usage: mayRefresh,
  require_consent: hasEndUser,
  allow_remember_consent: isAskedFor,
  consent_lifetime: hasEndUser,
  coordinate_lifetime_with_user_session: hasEndUser,
  enable_local_login: hasEndUser,
}

/** Whether the member says something about such a client. Members that are not about token behaviour always do. */
export function isMeaningful(member: string, metadata: CompleteMetadata): boolean {
  return MEANT_FOR[member]?.(metadata) ?? true
}

const MEMBERS = Object.keys(MEANT_FOR)

/** Drops what says nothing about such a client, and reports it. */
export function withoutIdleBehaviour(metadata: CompleteMetadata, dropped: DroppedValue[]): CompleteMetadata {
  const idle = MEMBERS.filter((member) => metadata[member] !== undefined && !MEANT_FOR[member]!(metadata))
  if (idle.length === 0) return metadata
  const kept: Record<string, JsonValue | undefined> = { ...metadata }
  for (const member of idle) {
    dropped.push({ member, value: metadata[member]!, reason: `${member}.without_effect` })
    delete kept[member]
  }
  return kept as CompleteMetadata
}

function hasCode({ grant_types }: CompleteMetadata): boolean {
  return grant_types.includes('authorization_code')
}

function hasEndUser({ grant_types }: CompleteMetadata): boolean {
  return grant_types.includes('authorization_code') || grant_types.includes(DEVICE_CODE)
}

function mayRefresh({ grant_types }: CompleteMetadata): boolean {
  return grant_types.includes('refresh_token')
}

/** Whether its end-users are asked for consent. */
function isAskedFor(metadata: CompleteMetadata): boolean {
  return hasEndUser(metadata) && metadata.require_consent !== false
}

function hasScope({ scope }: CompleteMetadata, value: string): boolean {
  return scope.split(' ').includes(value)
}

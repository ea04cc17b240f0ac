import { algorithms } from './rules/algorithms.ts'
import { credentials } from './rules/credentials.ts'
import { deny } from './rules/deny.ts'
import { grantTypes } from './rules/grant-types.ts'
import { lifetimes } from './rules/lifetimes.ts'
import { limits } from './rules/limits.ts'
import { member } from './rules/member.ts'
import { members } from './rules/members.ts'
import { names } from './rules/names.ts'
import { postLogoutRedirectUris, redirectUris } from './rules/redirect-uris.ts'
import { responseTypes } from './rules/response-types.ts'
import { scope } from './rules/scope.ts'
import { software } from './rules/software.ts'
import { tokenEndpointAuthMethods } from './rules/token-endpoint-auth-methods.ts'
import { tokens } from './rules/tokens.ts'
import { uris } from './rules/uris.ts'
import type { Section } from './section.ts'

/**
 * Every table of the policy language, in the order in which their rules act. To add one: a file in `rules/` that calls
 * `defineSection`, a line here.
 */
export const SECTIONS = [
  members,
  member,
  grantTypes,
  responseTypes,
  tokenEndpointAuthMethods,
  algorithms,
  redirectUris,
  postLogoutRedirectUris,
  scope,
  uris,
  names,
  software,
  tokens,
  lifetimes,
  credentials,
  limits,
  deny,
] as const satisfies readonly Section[]

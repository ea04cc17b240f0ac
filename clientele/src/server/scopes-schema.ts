/** The configuration of scopes: what there are, what a client gets unasked, and what nobody gets without leave. */
import { z } from 'zod'
import { BUILT_IN } from '../oauth/capabilities.ts'
import { parseScope } from '../oauth/scope.ts'

const isScopeValue = (text: string) => parseScope(text)?.[0] === text

const scopes = (standard: readonly string[], description: string) =>
  z
    .array(z.string().max(200).refine(isScopeValue))
    .max(100)
    .default([...standard])
    .meta({ description, allowed: 'a list of at most 100 scope names without spaces, quotes or backslashes' })

export const scopesSection = z
  .strictObject({
    supported: scopes(BUILT_IN.scopes, 'Every scope that a client can have.'),
    default: scopes(
      BUILT_IN.defaultScopes,
      'What a client gets that asks for no scope; each one must be supported, and none privileged.',
    ),
    privileged: scopes(
      [],
      'Scopes that a client has only when somebody with the permission oauth-client-override registers it, or when the credential it registered with fixes them. The scopes of [bearer] are privileged too while bearer.enabled is true.',
    ),
  })
  .prefault({})
  .meta({ description: 'What clients can ask for.' })

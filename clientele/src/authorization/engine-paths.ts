/**
 * Every path below the issuer that the engine answers, and with which methods: discovery announces them,
 * `http/app.ts` routes them, and a wrong method is told the right ones (RFC 9110 §15.5.6). Clients that find no
 * discovery document guess `/authorize` and `/token` (MCP), so these are their names.
 */
export const ENGINE_PATHS = {
  authorization: '/authorize',
  token: '/token',
  pushedAuthorizationRequest: '/par',
  userinfo: '/userinfo',
  jwks: '/jwks',
  introspection: '/introspect',
  revocation: '/revoke',
  deviceAuthorization: '/device-authorization',
  deviceVerification: '/device',
  endSession: '/end-session',
} as const

interface EngineRoute {
  readonly methods: readonly string[]
  /** Talks to programs only: every answer, errors included, is JSON (RFC 6749 §5.2), whatever `Accept` prefers. */
  readonly json: boolean
  /** Takes a form by turning it into the same request as a GET (`post-as-get.ts`). */
  readonly postAsGet?: boolean
}

const PROGRAM_POST: EngineRoute = { methods: ['POST', 'OPTIONS'], json: true }
const PROGRAM_GET: EngineRoute = { methods: ['GET', 'HEAD', 'OPTIONS'], json: true }
const PERSON_GET: EngineRoute = { methods: ['GET', 'HEAD'], json: false }
const PERSON_FORM: EngineRoute = { methods: ['GET', 'HEAD', 'POST'], json: false, postAsGet: true }

const ROUTES = new Map<string, EngineRoute>([
  [ENGINE_PATHS.authorization, PERSON_FORM],
  [ENGINE_PATHS.token, PROGRAM_POST],
  [ENGINE_PATHS.pushedAuthorizationRequest, PROGRAM_POST],
  [ENGINE_PATHS.userinfo, { methods: ['GET', 'HEAD', 'POST', 'OPTIONS'], json: true }],
  [ENGINE_PATHS.jwks, PROGRAM_GET],
  [ENGINE_PATHS.introspection, PROGRAM_POST],
  [ENGINE_PATHS.revocation, PROGRAM_POST],
  [ENGINE_PATHS.deviceAuthorization, PROGRAM_POST],
  [ENGINE_PATHS.deviceVerification, { methods: ['GET', 'HEAD', 'POST'], json: false }],
  [ENGINE_PATHS.endSession, PERSON_FORM],
  [`${ENGINE_PATHS.endSession}/confirm`, { methods: ['POST'], json: false }],
  [`${ENGINE_PATHS.endSession}/success`, PERSON_GET],
])

/** Where a sign-in returns to: one path segment below these. */
const RESUMED = [`${ENGINE_PATHS.authorization}/`, `${ENGINE_PATHS.deviceVerification}/`]

/** The engine's route of a path (below the issuer, without the query), or undefined when it is not the engine's. */
export function findEngineRoute(path: string): EngineRoute | undefined {
  const route = ROUTES.get(path)
  if (route) return route
  const resumed = RESUMED.some(
    (prefix) => path.startsWith(prefix) && /^[^/]+$/.test(path.slice(prefix.length)),
  )
  return resumed ? PERSON_GET : undefined
}

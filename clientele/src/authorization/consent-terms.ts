import { type Grant, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import type { ClientMetadata } from '../oauth/client-metadata.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import { clientRecordOf } from './find-client.ts'
import { isUnregistered } from './unregistered-client.ts'

/**
 * What a consent is worth for a client: `require_consent`, `allow_remember_consent`, `consent_lifetime` (OpenID Connect
 * Core 1.0 §3.1.2.4). The engine's grant is the consent: tokens stand on it and end with it.
 */
const { Check, base } = interactionPolicy

/** Marks the id of a consent that nobody was asked for: it is worth nothing once the client needs one. */
const UNASKED = 'unasked.'

/** The engine's questions to the end-user, and ours: a client may want to be agreed to at every sign-in. */
export function consentPolicy(): ReturnType<typeof base> {
  const policy = base()
  policy.get('consent')!.checks.add(
    new Check(
      'consent_not_remembered',
      'the client is agreed to anew each time',
      'consent_required',
      (ctx) => {
        const { client, result } = ctx.oidc
        const isRemembered = clientRecordOf(client!).granted.allow_remember_consent !== false
        return isRemembered || result?.consent !== undefined ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT
      },
    ),
  )
  return policy
}

/** The consent that a request stands on: the one just given, an earlier one, or that of a client that needs none. */
export async function findConsent({ oidc }: KoaContextWithOIDC, clock: Clock): Promise<Grant | undefined> {
  const record = clientRecordOf(oidc.client!)
  const given = oidc.result?.consent?.grantId
  if (given !== undefined) return oidc.provider.Grant.find(given)
  // Nothing is taken as given for an unregistered one (RFC 8252 §8.6).
  if (isUnregistered(record)) return undefined
  const id = oidc.session?.grantIdFor(oidc.client!.clientId)
  const found = id === undefined ? undefined : await oidc.provider.Grant.find(id)
  const isOver = found !== undefined && consentEndsAt(found, record.granted) <= nowInSeconds(clock)
  const earlier = isOver || isConsentMissing(found, record.granted) ? undefined : found
  return record.granted.require_consent === false ? consentUnasked(oidc, earlier, record.granted) : earlier
}

/** Epoch seconds. A consent lifetime that was shortened since shortens it. */
export function consentEndsAt(
  grant: Grant | undefined,
  { consent_lifetime: lifetime }: ClientMetadata,
): number {
  const end = grant?.exp ?? Number.POSITIVE_INFINITY
  return lifetime === undefined || grant?.iat === undefined ? end : Math.min(end, grant.iat + lifetime)
}

/** Whether nobody was ever asked, for a client that needs to be agreed to by now. */
export function isConsentMissing(grant: Grant | undefined, { require_consent }: ClientMetadata): boolean {
  return grant?.jti?.startsWith(UNASKED) === true && require_consent !== false
}

/**
 * Writes down what a client gets without a question, so that its tokens have a consent to stand on and to end with. What the
 * end-user did agree to is never widened by it: then a new one is made.
 */
async function consentUnasked(
  oidc: KoaContextWithOIDC['oidc'],
  earlier: Grant | undefined,
  { consent_lifetime: lifetime }: ClientMetadata,
): Promise<Grant> {
  const { openid, resources } = structuredClone({ openid: earlier?.openid, resources: earlier?.resources })
  const ids = { accountId: oidc.account!.accountId, clientId: oidc.client!.clientId }
  const wanted = new oidc.provider.Grant(ids)
  Object.assign(wanted, { openid, resources, expiresIn: lifetime })
  wanted.addOIDCScope([...oidc.requestParamOIDCScopes].join(' '))
  wanted.addOIDCClaims([...oidc.requestParamClaims])
  for (const [resource, { scopes }] of Object.entries(oidc.resourceServers ?? {})) {
    const asked = [...oidc.requestParamScopes].filter((scope) => scopes.has(scope))
    wanted.addResourceScope(resource, asked.join(' '))
  }
  if (earlier !== undefined && holdsSame(earlier, wanted)) return earlier
  if (earlier?.jti?.startsWith(UNASKED))
    Object.assign(wanted, { jti: earlier.jti, iat: earlier.iat, exp: earlier.exp })
  else wanted.jti = UNASKED + (wanted as unknown as { generateTokenId(): string }).generateTokenId()
  await wanted.save()
  return wanted
}

function holdsSame(a: Grant, b: Grant): boolean {
  const held = ({ openid, resources }: Grant) =>
    JSON.stringify([openid?.scope, openid?.claims ?? [], resources ?? {}])
  return held(a) === held(b)
}

import type { Grant, Interaction, Provider } from 'oidc-provider'
import type { ClientRecord } from '../clients/client.ts'
import type { ClientMetadata } from '../oauth/client-metadata.ts'
import type { AskedFor } from './pages/consent-page.ts'

/** What a consent page shows of a request, and what its grant will hold. */
export interface ConsentRequest {
  /** Shown as new. */
  readonly asked: AskedFor
  /** Shown as granted before. */
  readonly grantedBefore: readonly string[]
}

interface MissingDetails {
  readonly missingOIDCScope?: readonly string[]
  readonly missingOIDCClaims?: readonly string[]
  readonly missingResourceScopes?: Readonly<Record<string, readonly string[]>>
}

/** What the interaction asks for, in the terms of a page. */
export async function readConsentRequest(
  provider: Provider,
  interaction: Interaction,
  client: ClientRecord,
): Promise<ConsentRequest> {
  const { missingOIDCScope = [], missingOIDCClaims = [], missingResourceScopes = {} } = missing(interaction)
  const grant = await findGrant(provider, interaction)
  const requested = textOf(interaction.params.scope)?.split(' ') ?? []
  const resources = resourcesOf(interaction).map((resource) => ({
    resource,
    scopes: missingResourceScopes[resource] ?? [],
  }))
  const known =
    grant === undefined
      ? []
      : grantedScopes(
          grant,
          requested,
          resources.map(({ resource }) => resource),
        )
  const isNew = new Set([...missingOIDCScope, ...resources.flatMap(({ scopes }) => scopes)])
  const before = known.filter((scope) => !isNew.has(scope))
  // A client with the refresh token grant gets a refresh token whether or not it asks for `offline_access`. What it can
  // do is what the page must say.
  const unsaid =
    client.granted.grant_types?.includes('refresh_token') &&
    !isNew.has('offline_access') &&
    !before.includes('offline_access')
  const again = isNew.size === 0 && before.length > 0
  return {
    asked: {
      scopes: unsaid && !again ? [...missingOIDCScope, 'offline_access'] : missingOIDCScope,
      claims: missingOIDCClaims,
      resources,
    },
    grantedBefore: unsaid && again ? [...before, 'offline_access'] : before,
  }
}

/**
 * Writes the grant that the end-user agreed to: what was missing, all of which the page showed. Its id. A consent that is
 * given anew holds anew, for as long as the client is registered for.
 */
export async function grantConsent(
  provider: Provider,
  interaction: Interaction,
  { consent_lifetime }: ClientMetadata,
): Promise<string> {
  const { missingOIDCScope, missingOIDCClaims, missingResourceScopes } = missing(interaction)
  const grant = (await findGrant(provider, interaction)) ?? newGrant(provider, interaction)
  if (missingOIDCScope) grant.addOIDCScope(missingOIDCScope.join(' '))
  if (missingOIDCClaims) grant.addOIDCClaims([...missingOIDCClaims])
  for (const [resource, scopes] of Object.entries(missingResourceScopes ?? {})) {
    grant.addResourceScope(resource, scopes.join(' '))
  }
  Object.assign(grant, { iat: undefined, exp: undefined, expiresIn: consent_lifetime })
  return grant.save()
}

/** The grant of this session and client, or the one that a double click on "Allow" has just made. */
async function findGrant(provider: Provider, interaction: Interaction): Promise<Grant | undefined> {
  const id = interaction.grantId ?? interaction.result?.consent?.grantId
  const grant = id === undefined ? undefined : await provider.Grant.find(id)
  const mine =
    grant?.accountId === interaction.session?.accountId && grant?.clientId === interaction.params.client_id
  return mine ? grant : undefined
}

function newGrant(provider: Provider, interaction: Interaction): Grant {
  const accountId = interaction.session?.accountId
  const clientId = textOf(interaction.params.client_id)
  if (accountId === undefined || clientId === undefined)
    throw new Error('consent without an account or a client')
  return new provider.Grant({ accountId, clientId })
}

function grantedScopes(
  grant: Grant,
  requested: readonly string[],
  resources: readonly string[],
): readonly string[] {
  const wanted = new Set(requested)
  const texts = [
    grant.getOIDCScopeFiltered(wanted),
    ...resources.map((resource) => grant.getResourceScopeFiltered(resource, wanted)),
  ]
  return [...new Set(texts.flatMap((text) => text.split(' ')).filter((scope) => scope !== ''))]
}

/** RFC 8707 §2: one or many. A missing scope's resource is listed even when the engine chose it by default. */
function resourcesOf(interaction: Interaction): readonly string[] {
  const { resource } = interaction.params
  const named = Array.isArray(resource) ? resource : [resource]
  const missingAt = Object.keys(missing(interaction).missingResourceScopes ?? {})
  return [...new Set([...named.filter((item) => typeof item === 'string'), ...missingAt])]
}

function missing(interaction: Interaction): MissingDetails {
  return interaction.prompt.details as MissingDetails
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

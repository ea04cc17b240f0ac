import type { LifetimeMember } from '../oauth/lifetimes.ts'
import type { RegistryClient } from './registry-client.ts'

/** What a client may have a lifetime of its own for, as models of oidc-provider. */
const MEMBER_OF = {
  AccessToken: 'access_token_lifetime',
  ClientCredentials: 'access_token_lifetime',
  AuthorizationCode: 'authorization_code_lifetime',
  IdToken: 'identity_token_lifetime',
} as const satisfies Readonly<Record<string, LifetimeMember>>

/** The class of a model, as far as this needs it. */
export interface LifetimeModel {
  expiresIn(ctx: unknown, token: unknown, client?: object): number
}

export type LifetimeModels = { readonly [model in keyof typeof MEMBER_OF]: LifetimeModel }

/**
 * Has oidc-provider's tokens live no longer than the client is registered for, nor longer than the host's own configuration
 * (`ttl`) says.
 */
export function enforceLifetimes(
  models: LifetimeModels,
  findRecord: (client: object) => RegistryClient | undefined,
): void {
  for (const [name, member] of Object.entries(MEMBER_OF)) {
    const model = models[name as keyof typeof MEMBER_OF]
    const theirs = model.expiresIn
    model.expiresIn = (ctx, token, client) => {
      const seconds = theirs.call(model, ctx, token, client)
      const granted = client && findRecord(client)?.metadata[member]
      return typeof granted === 'number' ? Math.min(seconds, granted) : seconds
    }
  }
}

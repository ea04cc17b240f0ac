import { Provider } from 'oidc-provider'
import type { Capabilities } from '../oauth/capabilities.ts'
import { clientRecordOf } from './find-client.ts'

interface GrantModel {
  readonly prototype: {
    readonly clientId?: string
    getOIDCScopeFiltered(scopes: Set<string> | string[]): string
  }
}

/**
 * The registered scope, as far as it is supported, is the ceiling of everything that comes of a consent, at the moment of
 * asking: when a client's scope was narrowed since (RFC 7592 §2.2), or the operator withdrew one, its next refresh gives
 * less, and so does the userinfo endpoint.
 */
export function installScopeCeiling(provider: Provider, capabilities: Pick<Capabilities, 'scopes'>): void {
  const grant = (provider.Grant as unknown as GrantModel).prototype
  const filteredAsIs = grant.getOIDCScopeFiltered
  grant.getOIDCScopeFiltered = function (scopes) {
    const granted = filteredAsIs.call(this, scopes)
    const client = Provider.ctx?.oidc?.client
    if (client === undefined || client.clientId !== this.clientId) return granted
    const registered = clientRecordOf(client).granted.scope.split(' ')
    return granted
      .split(' ')
      .filter((scope) => registered.includes(scope) && capabilities.scopes.includes(scope))
      .join(' ')
  }
}

import type { Client, Provider } from 'oidc-provider'
import { findRequestFacts } from '../runtime/request-facts.ts'

interface OidcContext {
  readonly ctx: { readonly req: object }
  entity(name: string, value: unknown): void
}

/** Tells the request's log line which client it was about, once the engine knows. */
export function installClientFacts(provider: Provider): void {
  const context = provider.OIDCContext.prototype as unknown as OidcContext
  const entityAsIs = context.entity
  context.entity = function (name, value) {
    if (name === 'Client' && value !== undefined) {
      const facts = findRequestFacts(this.ctx.req)
      if (facts !== undefined) facts.clientId = (value as Client).clientId
    }
    entityAsIs.call(this, name, value)
  }
}

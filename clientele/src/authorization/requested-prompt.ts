import type { Provider } from 'oidc-provider'

/** What a request may ask to be shown (OpenID Connect Core 1.0 §3.1.2.1). */
export const PROMPT_VALUES = ['none', 'login', 'select_account', 'consent'] as const

interface OidcContext {
  readonly params?: { readonly prompt?: unknown }
}

/**
 * Reads `prompt=select_account` as `login`: whoever signs in selects the account by it, and there is no list to choose
 * from. ownCloud's apps and .NET libraries send it at every login, and the engine knows no such value.
 */
export function installRequestedPrompt(provider: Provider): void {
  Object.defineProperty(provider.OIDCContext.prototype, 'prompts', {
    configurable: true,
    get(this: OidcContext): Set<string> {
      const prompt = this.params?.prompt
      if (typeof prompt !== 'string' || prompt === '') return new Set()
      return new Set(prompt.split(' ').map((value) => (value === 'select_account' ? 'login' : value)))
    },
  })
}

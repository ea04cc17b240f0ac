/** What a scope means to the person who grants it. */
export interface ScopeWords {
  readonly scope: string
  readonly title: string
  readonly detail?: string
}

/** The scopes of OpenID Connect Core 1.0 §5.4 and §11 in words; a scope that we have no words for speaks for itself. */
export function scopeWords(scope: string): ScopeWords {
  return { scope, ...(Object.hasOwn(WORDS, scope) ? WORDS[scope]! : { title: scope }) }
}

const WORDS: Readonly<Record<string, { readonly title: string; readonly detail: string }>> = {
  openid: { title: 'Know who you are', detail: 'An identifier of your account here.' },
  profile: {
    title: 'See your profile',
    detail: 'When your account here last changed. Nothing else is kept.',
  },
  email: { title: 'See your email address', detail: 'The address that you sign in with.' },
  offline_access: {
    title: 'Stay signed in',
    detail: 'It may act for you when you are away, until you or it ends the access.',
  },
}

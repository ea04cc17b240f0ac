import { describe, expect, it } from 'vitest'
import type { CompleteMetadata } from '../../oauth/client-metadata.ts'
import type { Draft } from '../../oauth/draft.ts'
import { withholdPrivilegedScopes } from './withhold-privileged-scopes.ts'

const draftOf = (scope: string): Draft<CompleteMetadata> => ({
  requested: {},
  metadata: { scope } as CompleteMetadata,
  dropped: [],
  problems: [],
})
const NOBODY = { permissions: [], allowed: [] }
const withhold = (scope: string, authority: Partial<Parameters<typeof withholdPrivilegedScopes>[1]> = {}) =>
  withholdPrivilegedScopes(draftOf(scope), { ...NOBODY, ...authority }, ['register', 'admin'])

describe('privileged scopes', () => {
  it('are withheld, and it is recorded that they were', () => {
    const { metadata, dropped, problems } = withhold('openid register profile admin')
    expect(metadata.scope).toBe('openid profile')
    expect(dropped).toEqual([
      { member: 'scope', value: 'register', reason: 'scope.privileged' },
      { member: 'scope', value: 'admin', reason: 'scope.privileged' },
    ])
    expect(problems).toEqual([])
  })

  it('alone are refused', () => {
    expect(withhold('register admin').problems).toMatchObject([
      { member: 'scope', reason: 'scope.privileged' },
    ])
  })

  it('are granted with the permission oauth-client-override, and with no other', () => {
    expect(withhold('register', { permissions: ['oauth-client-override'] }).metadata.scope).toBe('register')
    const others = ['authenticate', 'oauth-client-registration', 'oauth-client-update'] as const
    expect(withhold('openid register', { permissions: others }).metadata.scope).toBe('openid')
  })

  it('are granted where they were fixed or are had already, each for itself', () => {
    expect(withhold('register admin openid', { allowed: ['admin'] }).metadata.scope).toBe('admin openid')
  })

  it('are not missed for their spelling: a scope is a word between blanks (RFC 6749 §3.3)', () => {
    expect(withhold('  openid   register ').metadata.scope).toBe('openid')
    expect(withhold('Register registered').metadata.scope).toBe('Register registered')
  })

  it('that nobody named change nothing', () => {
    const draft = draftOf('openid register')
    expect(withholdPrivilegedScopes(draft, NOBODY, [])).toBe(draft)
  })
})

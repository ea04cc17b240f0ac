import { expect, it } from 'vitest'
import { sampleClient } from '../../testing/store-samples.ts'
import { findEntrustedScopes } from './entrusted-scopes.ts'

const granted = { scope: 'openid api  register' }
const nobody = { permissions: [] }
const before = (...entrustedScopes: string[]) => ({ client: sampleClient({ entrustedScopes }) })

it('a client that asked for its scopes itself was given none of them', () => {
  expect(findEntrustedScopes(granted, nobody)).toEqual({})
  expect(findEntrustedScopes(granted, { permissions: ['authenticate', 'oauth-client-update'] })).toEqual({})
  expect(
    findEntrustedScopes(granted, { ...nobody, client: sampleClient({ granted: granted as never }) }),
  ).toEqual({})
})

it('by the permission oauth-client-override it was given all that were granted', () => {
  expect(findEntrustedScopes(granted, { permissions: ['oauth-client-override'] })).toEqual({
    entrustedScopes: ['openid', 'api', 'register'],
  })
})

it('it was given those that its gate fixed, and those it was given before, as long as they are granted', () => {
  expect(findEntrustedScopes(granted, { ...nobody, fixed: { scope: 'register admin' } })).toEqual({
    entrustedScopes: ['register'],
  })
  expect(findEntrustedScopes(granted, { ...nobody, ...before('api', 'admin') })).toEqual({
    entrustedScopes: ['api'],
  })
  expect(findEntrustedScopes({ scope: 'openid' }, { ...nobody, ...before('api') })).toEqual({})
})

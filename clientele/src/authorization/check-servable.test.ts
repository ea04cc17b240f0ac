import type { Provider } from 'oidc-provider'
import { describe, expect, it, vi } from 'vitest'
import { BUILT_IN } from '../oauth/capabilities.ts'
import type { CompleteMetadata } from '../oauth/client-metadata.ts'
import { createCheckServable } from './check-servable.ts'

const web: CompleteMetadata = {
  redirect_uris: ['https://app.example/callback'],
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['authorization_code'],
  response_types: ['code'],
  application_type: 'web',
  scope: 'openid',
  id_token_signed_response_alg: 'RS256',
  subject_type: 'public',
}

function createJudge() {
  const validate = vi.fn(async () => {})
  const provider = { Client: { validate } } as unknown as Provider
  return { validate, check: createCheckServable(() => provider, BUILT_IN) }
}

describe('the question whether the engine could serve a client', () => {
  it('is asked once for clients that differ in name and redirect URIs alone', async () => {
    const { validate, check } = createJudge()
    await check(web)
    await check({ ...web, client_name: 'Another', redirect_uris: ['http://127.0.0.1:4711/callback'] })
    expect(validate).toHaveBeenCalledTimes(1)
  })

  it.each([
    ['a grant type', { grant_types: ['authorization_code', 'refresh_token'] }],
    ['a scope', { scope: 'openid email' }],
    ['the authentication method', { token_endpoint_auth_method: 'none' }],
    ['an algorithm', { id_token_signed_response_alg: 'ES256' }],
    ['having no redirect URIs', { redirect_uris: [] }],
  ])('is asked again when they differ in %s', async (_, difference) => {
    const { validate, check } = createJudge()
    await check(web)
    await check({ ...web, ...difference })
    expect(validate).toHaveBeenCalledTimes(2)
  })

  it('is asked again for other redirect URIs of pairwise clients, whose hosts count (OpenID Connect Core 1.0 §8.1)', async () => {
    const { validate, check } = createJudge()
    const pairwise = { ...web, subject_type: 'pairwise' }
    await check(pairwise)
    await check({ ...pairwise, redirect_uris: ['https://other.example/callback'] })
    expect(validate).toHaveBeenCalledTimes(2)
  })
})

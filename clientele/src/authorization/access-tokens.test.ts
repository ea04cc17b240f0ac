import type { Provider } from 'oidc-provider'
import { describe, expect, it } from 'vitest'
import { type ClientStore, StoreUnavailable } from '../stores/store.ts'
import { createAccessTokens } from './access-tokens.ts'
import { reachable } from './reachable.ts'

const TOKEN = { clientId: 'c1', scope: 'openid register', isSenderConstrained: () => false }

/** The look-up over an engine that has this one token. */
function tokensOver(
  token: object | undefined | Error,
  scope: string | undefined = 'openid register profile',
) {
  const find = () => (token instanceof Error ? reachable(Promise.reject(token)) : Promise.resolve(token))
  const provider = { ClientCredentials: { find }, AccessToken: { find: async () => undefined } }
  const findClient = async () =>
    scope === undefined ? undefined : { granted: { scope }, entrustedScopes: ['register', 'profile'] }
  return createAccessTokens({
    provider: () => provider as unknown as Provider,
    store: { findClient } as unknown as Pick<ClientStore, 'findClient'>,
  })
}

describe('the access tokens of this server', () => {
  it('are known by their form', () => {
    const tokens = tokensOver(TOKEN)
    for (const text of ['cl_ct_x', 'cl_at_']) expect(tokens.isOne(text)).toBe(true)
    for (const text of ['cl_iat_x', 'cl_rat_x', 'cl_rt_x', 'x', '', ' cl_ct_x'])
      expect(tokens.isOne(text)).toBe(false)
  })

  it('are worth what the client has now, and never more than they were issued for', async () => {
    expect((await tokensOver(TOKEN).find('cl_ct_x'))?.scopes).toEqual(['openid', 'register'])
    expect((await tokensOver(TOKEN, 'openid').find('cl_ct_x'))?.scopes).toEqual(['openid'])
    expect((await tokensOver({ ...TOKEN, scope: undefined }).find('cl_ct_x'))?.scopes).toEqual([])
  })

  it('say which of their scopes somebody with a say gave the client, and only of those that they have', async () => {
    expect((await tokensOver(TOKEN).find('cl_ct_x'))?.entrustedScopes).toEqual(['register'])
    expect((await tokensOver(TOKEN, 'openid').find('cl_ct_x'))?.entrustedScopes).toEqual([])
  })

  it('are none of another kind, and none for another audience (RFC 9068 §4)', async () => {
    expect(await tokensOver(TOKEN).find('cl_at_x')).toBeUndefined()
    expect(await tokensOver({ ...TOKEN, aud: 'https://api.example' }).find('cl_ct_x')).toBeUndefined()
  })

  it('are none when the engine, or the registry, knows nothing of them', async () => {
    expect(await tokensOver(undefined).find('cl_ct_x')).toBeUndefined()
    const gone = createAccessTokens({
      provider: () => ({ ClientCredentials: { find: async () => TOKEN } }) as unknown as Provider,
      store: { findClient: async () => undefined },
    })
    expect(await gone.find('cl_ct_x')).toBeUndefined()
  })

  it('are neither good nor bad while the store is away', async () => {
    await expect(tokensOver(new StoreUnavailable('gone')).find('cl_ct_x')).rejects.toBeInstanceOf(
      StoreUnavailable,
    )
    await expect(tokensOver(new TypeError('bug')).find('cl_ct_x')).rejects.toBeInstanceOf(TypeError)
  })
})

import fc from 'fast-check'
import type { Interaction, Provider } from 'oidc-provider'
import { expect, test } from 'vitest'
import type { ClientRecord } from '../clients/client.ts'
import { grantConsent, readConsentRequest } from './interaction-grant.ts'

/** The part of the engine's grant that consent touches, kept in memory. */
function fakeProvider() {
  const saved: FakeGrant[] = []
  class FakeGrant {
    readonly scopes: string[] = []
    readonly claims: string[] = []
    readonly resources: string[] = []
    readonly accountId: string
    readonly clientId: string
    constructor({ accountId, clientId }: { accountId: string; clientId: string }) {
      this.accountId = accountId
      this.clientId = clientId
    }
    static find = async (id: string) => saved[Number(id)]
    addOIDCScope = (scope: string) => this.scopes.push(...scope.split(' '))
    addOIDCClaims = (claims: string[]) => this.claims.push(...claims)
    addResourceScope = (resource: string, scope: string) =>
      this.resources.push(...scope.split(' ').map((item) => `${resource} ${item}`))
    getOIDCScopeFiltered = (wanted: Set<string>) => this.scopes.filter((scope) => wanted.has(scope)).join(' ')
    getResourceScopeFiltered = () => ''
    save = async () => {
      if (!saved.includes(this)) saved.push(this)
      return String(saved.indexOf(this))
    }
  }
  return { saved, provider: { Grant: FakeGrant } as unknown as Provider }
}

const client = (grantTypes: string[]) =>
  ({ id: 'c', granted: { grant_types: grantTypes } }) as unknown as ClientRecord
const interaction = (details: object, more: object = {}) =>
  ({
    params: { client_id: 'c', scope: 'openid email' },
    session: { accountId: 'a' },
    prompt: { details },
    ...more,
  }) as unknown as Interaction

const name = fc.constantFrom('openid', 'email', 'profile', 'offline_access', 'tools:read', 'tools:write')
const names = fc.uniqueArray(name, { minLength: 1 })
const missing = fc.record(
  {
    missingOIDCScope: names,
    missingOIDCClaims: fc.uniqueArray(fc.constantFrom('email', 'name'), { minLength: 1 }),
    missingResourceScopes: fc.dictionary(fc.constantFrom('https://a.example/', 'https://b.example/'), names),
  },
  { requiredKeys: [] },
)

test('a grant never holds more than the page showed', async () => {
  await fc.assert(
    fc.asyncProperty(missing, async (details) => {
      const { saved, provider } = fakeProvider()
      const { asked } = await readConsentRequest(
        provider,
        interaction(details),
        client(['authorization_code']),
      )
      await grantConsent(provider, interaction(details), {})
      const grant = saved[0]!
      expect(new Set(asked.scopes)).toEqual(new Set(grant.scopes))
      expect(new Set(asked.claims)).toEqual(new Set(grant.claims))
      const shown = asked.resources.flatMap(({ resource, scopes }) =>
        scopes.map((scope) => `${resource} ${scope}`),
      )
      expect(new Set(shown)).toEqual(new Set(grant.resources))
    }),
  )
})

test('a second click on Allow adds to the grant that the first one made', async () => {
  const { saved, provider } = fakeProvider()
  const details = { missingOIDCScope: ['openid'] }
  const grantId = await grantConsent(provider, interaction(details), {})
  await grantConsent(provider, interaction(details, { result: { consent: { grantId } } }), {})
  expect(saved).toHaveLength(1)
})

test("another account's or another client's grant is never added to", async () => {
  const { saved, provider } = fakeProvider()
  const details = { missingOIDCScope: ['openid'] }
  const grantId = await grantConsent(provider, interaction(details), {})
  await grantConsent(provider, interaction(details, { grantId, session: { accountId: 'b' } }), {})
  await grantConsent(provider, interaction(details, { grantId, params: { client_id: 'd' } }), {})
  expect(saved.map(({ accountId, clientId }) => accountId + clientId)).toEqual(['ac', 'bc', 'ad'])
})

test('a client that can refresh is shown to act while the end-user is away, once', async () => {
  const { provider } = fakeProvider()
  const details = { missingOIDCScope: ['openid', 'offline_access'] }
  const asksForIt = await readConsentRequest(provider, interaction(details), client(['refresh_token']))
  expect(asksForIt.asked.scopes).toEqual(['openid', 'offline_access'])
  const doesNot = await readConsentRequest(
    provider,
    interaction({ missingOIDCScope: ['openid'] }),
    client(['refresh_token']),
  )
  expect(doesNot.asked.scopes).toEqual(['openid', 'offline_access'])
})

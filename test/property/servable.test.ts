import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BUILT_IN } from '../../clientele/src/oauth/capabilities.ts'
import type { JsonObject } from '../../clientele/src/oauth/json.ts'
import { METADATA_FIELDS } from '../../clientele/src/oauth/metadata-fields.ts'
import { classifyRedirectUri } from '../../clientele/src/oauth/redirect-uri.ts'
import { startTestServer, type TestServer } from '../flows/authorization-fixture.ts'
import { type RegistrationSetup, setUpRegistration, WEB_CLIENT } from '../harness/registration.ts'
import { likelyMetadata, nearUri } from './arbitraries.ts'

/** Registration against the engine behind it: what our rules let pass, the authorization server can serve. */
let server: TestServer
let setup: RegistrationSetup

beforeAll(async () => {
  server = await startTestServer()
  setup = setUpRegistration({ checkServable: (metadata) => server.engine.checkServable(metadata) })
})
afterAll(async () => {
  await server.close()
  expect([...setup.faults, ...server.failures]).toStrictEqual([])
})

async function expectServable(metadata: JsonObject): Promise<boolean> {
  const { status, body } = await setup.register(metadata)
  expect(body.reason, body.error_description).not.toBe('metadata.not_servable')
  expect([201, 400]).toContain(status)
  return status === 201
}

it('likely metadata that passes the rules is never refused by the engine (RFC 7591 §3.2.1)', async () => {
  let registered = 0
  await fc.assert(
    fc.asyncProperty(likelyMetadata, async (metadata) => {
      if (await expectServable(metadata as unknown as JsonObject)) registered++
    }),
    { numRuns: 300 },
  )
  expect(registered).toBeGreaterThan(30)
})

it('redirect URIs that pass the rules are never refused by the engine (RFC 7591 §2)', async () => {
  const accepted = nearUri.filter((uri) => classifyRedirectUri(uri).class !== 'forbidden')
  await fc.assert(
    fc.asyncProperty(
      fc.array(accepted, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('web', 'native', undefined),
      async (redirect_uris, type) => {
        expect(
          await expectServable({
            redirect_uris,
            ...(type ? { application_type: type } : {}),
            post_logout_redirect_uris: redirect_uris,
          }),
        ).toBe(true)
      },
    ),
    { numRuns: 150 },
  )
})

it('every announced value of every member can be served (OIDC Registration §2) [ALG-05]', async () => {
  const jwks = {
    keys: [
      {
        kty: 'EC',
        crv: 'P-256',
        x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
        y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
      },
    ],
  }
  for (const { name, oneOf } of METADATA_FIELDS.values()) {
    for (const value of oneOf ? BUILT_IN[oneOf] : []) {
      const method =
        name !== 'token_endpoint_auth_signing_alg'
          ? {}
          : { token_endpoint_auth_method: value.startsWith('HS') ? 'client_secret_jwt' : 'private_key_jwt' }
      const alg = name.endsWith('_enc') ? { [name.replace(/_enc$/, '_alg')]: 'ECDH-ES' } : {}
      expect(
        await expectServable({ ...WEB_CLIENT, ...method, ...alg, jwks, [name]: value }),
        `${name} ${value}`,
      ).toBe(true)
    }
  }
})

it.each([
  { grant_types: ['client_credentials'] },
  { grant_types: ['urn:ietf:params:oauth:grant-type:device_code'], token_endpoint_auth_method: 'none' },
  { redirect_uris: ['http://127.0.0.1'], application_type: 'native' },
  {
    redirect_uris: ['https://client.example/', 'cursor://host/cb'],
    application_type: 'web',
    token_endpoint_auth_method: 'none',
  },
  { ...WEB_CLIENT, jwks: { keys: [{ kty: 'future' }, { kty: 'EC', crv: 'secp256k1', x: 'AA', y: 'AA' }] } },
  { ...WEB_CLIENT, jwks: { keys: [] } },
  { ...WEB_CLIENT, backchannel_logout_uri: 'http://client.example/out' },
  { ...WEB_CLIENT, initiate_login_uri: 'https://client.example/login#x' },
  { ...WEB_CLIENT, default_max_age: 0 },
] as JsonObject[])('%j can be served', async (metadata) => {
  expect(await expectServable(metadata)).toBe(true)
})

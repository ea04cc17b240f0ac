import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CompleteMetadata } from '../../clientele/src/oauth/client-metadata.ts'
import { OAuthError } from '../../clientele/src/oauth/errors.ts'
import { startTestServer, type TestServer } from './authorization-fixture.ts'

const METADATA: CompleteMetadata = {
  redirect_uris: ['https://client.example/callback'],
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['authorization_code'],
  response_types: ['code'],
  application_type: 'web',
  scope: 'openid',
  id_token_signed_response_alg: 'ES256',
  subject_type: 'public',
}

describe('the question whether a client could be served', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.close())

  it('is answered from memory when only names, contacts and pages differ', async () => {
    expect(await server.engine.checkServable(METADATA)).toBeUndefined()
    const other = { ...METADATA, client_name: 'Other', contacts: ['x'], software_version: '2' }
    expect(server.engine.checkServable(other)).toBeUndefined()
    expect(server.engine.checkServable({ ...METADATA, subject_type: 'pairwise' })).toBeInstanceOf(Promise)
  })

  it.each([
    [{ id_token_signed_response_alg: 'HS256' }, 'id_token_signed_response_alg'],
    [{ token_endpoint_auth_method: 'tls_client_auth' }, 'token_endpoint_auth_method'],
    [{ response_types: ['token'] }, 'response_types'],
    [{ request_object_signing_alg: 'HS256' }, 'request_object_signing_alg'],
    [{ default_max_age: -1 }, 'default_max_age'],
    [{ redirect_uris: [] }, 'redirect_uris'],
  ])('is refused with the member and the rule for %j', async (members, member) => {
    const answer = async () => server.engine.checkServable({ ...METADATA, ...members } as CompleteMetadata)
    const error = await answer().then(
      () => undefined,
      (thrown) => thrown,
    )
    expect(error).toBeInstanceOf(OAuthError)
    expect(error).toMatchObject({ code: 'invalid_client_metadata', status: 400, problems: [{ member }] })
    // A refusal is not remembered as consent.
    await expect(answer()).rejects.toBeInstanceOf(OAuthError)
  })

  it('is yes for whatever the one judge of redirect URIs lets through', async () => {
    for (const application_type of ['web', 'native']) {
      const redirect_uris = [
        'https://localhost/cb',
        'cursor://anysphere.cursor-mcp/oauth/callback',
        'http://[::1]:80/cb',
        'io.element.android:/',
      ]
      await server.engine.checkServable({ ...METADATA, application_type, redirect_uris })
    }
  })
})

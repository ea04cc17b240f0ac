import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProofs } from '../harness/dpop-proofs.ts'
import { exchange, login } from './authorization-code.ts'
import { startTestServer, type TestClient, type TestServer } from './authorization-fixture.ts'
import { type Answer, basic, type Form, post } from './token-request.ts'

const SERVICE = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] }
const FOR_ITSELF = { grant_type: 'client_credentials' }

describe('a DPoP proof at the token endpoint (RFC 9449 §5)', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(async () => {
    expect(server.failures).toEqual([])
    await server.close()
  })
  const send = (client: TestClient, form: Form, dpop?: string): Promise<Answer> =>
    post(server, '/token', form, {
      ...basic(client.id, client.secret),
      ...(dpop === undefined ? {} : { dpop }),
    })
  const proofFor = async (proofs: Awaited<ReturnType<typeof createProofs>>) =>
    proofs.make('POST', `${server.issuer}/token`)
  const outcome = ({ status, body }: Answer) => [status, body.error]

  it('that is missing is invalid_dpop_proof, and the answer says what to send', async () => {
    const client = await server.register({ ...SERVICE, dpop_bound_access_tokens: true })
    const answer = await send(client, FOR_ITSELF)
    expect(outcome(answer)).toEqual([400, 'invalid_dpop_proof'])
    expect(answer.body.error_description).toContain('DPoP header')
  })

  it('that was used before is invalid_dpop_proof, and a new one works', async () => {
    const client = await server.register(SERVICE)
    const proofs = await createProofs()
    const proof = await proofFor(proofs)
    expect((await send(client, FOR_ITSELF, proof)).body.token_type).toBe('DPoP')
    const replayed = await send(client, FOR_ITSELF, proof)
    expect(outcome(replayed)).toEqual([400, 'invalid_dpop_proof'])
    expect(replayed.body.error_description).toContain('used before')
    expect((await send(client, FOR_ITSELF, await proofFor(proofs))).status).toBe(200)
  })

  it('is missed at a code and at a refresh token that are bound to a key; another key is invalid_grant', async () => {
    const client = await server.register({
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    })
    const proofs = await createProofs()
    const ended = await login(server, client)
    const form = {
      grant_type: 'authorization_code',
      client_id: client.id,
      code: ended.location.searchParams.get('code')!,
      redirect_uri: ended.redirectUri,
      code_verifier: ended.verifier,
    }
    const tokens = await post(server, '/token', form, { dpop: await proofFor(proofs) })
    const again = {
      grant_type: 'refresh_token',
      client_id: client.id,
      refresh_token: tokens.body.refresh_token,
    }
    expect(outcome(await post(server, '/token', again))).toEqual([400, 'invalid_dpop_proof'])
    const thief = { dpop: await proofFor(await createProofs()) }
    expect(outcome(await post(server, '/token', again, thief))).toEqual([400, 'invalid_grant'])
    expect((await post(server, '/token', again, { dpop: await proofFor(proofs) })).status).toBe(200)

    const bound = await login(server, client, { dpop_jkt: proofs.thumbprint })
    expect(outcome(await exchange(server, client, bound))).toEqual([400, 'invalid_dpop_proof'])
  })
})

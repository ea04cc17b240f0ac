import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useDatabase } from '../../harness/postgres.ts'
import { SHARED_ISSUER } from '../../harness/shared-servers.ts'
import { basic, type Instance, prepareInstances, type Registered } from './child-instances.ts'

/** What one instance changes, every other one obeys: two processes on one database. */
const database = useDatabase()
const instances = prepareInstances()
let here: Instance
let there: Instance

beforeAll(async () => {
  const both = await Promise.all([instances.start(database.url), instances.start(database.url)])
  here = both[0]!
  there = both[1]!
}, 60_000)
afterAll(instances.remove)

const machine = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] }
const tokenStatus = async (instance: Instance, { client_id, client_secret }: Registered) =>
  (await instance.post('/token', { grant_type: 'client_credentials' }, basic(client_id, client_secret)))
    .status

/** Whether `/authorize` sends the browser on with this redirect URI, rather than showing an error. */
async function accepts(
  instance: Instance,
  { client_id }: Registered,
  redirect_uri: string,
): Promise<boolean> {
  const query = new URLSearchParams({
    client_id,
    redirect_uri,
    response_type: 'code',
    scope: 'openid',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  })
  const response = await fetch(`${instance.url}/authorize?${query}`, { redirect: 'manual' })
  return response.status === 303 || response.status === 302
}

describe('two instances on one database', () => {
  it('refuse a client from the answer on that says that it is deleted, whoever deleted it (RFC 7592 §2.3)', async () => {
    const client = await here.register(machine)
    // Both have it in their caches.
    for (const instance of [there, here]) expect(await tokenStatus(instance, client)).toBe(200)
    expect((await here.manage(client, 'DELETE')).status).toBe(204)
    for (const instance of [there, here]) expect(await tokenStatus(instance, client)).toBe(401)
    expect((await there.manage(client, 'GET')).status).toBe(401)
  })

  it('obey a change of redirect URIs at once, whoever changed them (RFC 7592 §2.2)', async () => {
    const [before, after] = ['https://app.example/before', 'https://app.example/after']
    const client = await there.register({ redirect_uris: [before] })
    for (const instance of [here, there]) expect(await accepts(instance, client, before)).toBe(true)
    const { client_id } = client
    const changed = await here.manage(client, 'PUT', { client_id, redirect_uris: [after] })
    expect(changed.status).toBe(200)
    for (const instance of [there, here]) {
      expect(await accepts(instance, client, before)).toBe(false)
      expect(await accepts(instance, client, after)).toBe(true)
    }
  })

  it('take a client assertion once, at whichever of them it is shown (RFC 7523 §3)', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }] }
    const client = await here.register({ ...machine, token_endpoint_auth_method: 'private_key_jwt', jwks })
    const assertion = () =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer(client.client_id)
        .setSubject(client.client_id)
        .setAudience(SHARED_ISSUER)
        .setJti(crypto.randomUUID())
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(privateKey)
    const show = async (instance: Instance, client_assertion: string) => {
      const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
      const fields = { grant_type: 'client_credentials', client_assertion_type, client_assertion }
      return (await instance.post('/token', fields)).status
    }
    const first = await assertion()
    expect(await show(here, first)).toBe(200)
    expect(await show(there, first)).toBe(401)
    for (let round = 0; round < 5; round++) {
      const again = await assertion()
      const statuses = await Promise.all([here, there, here, there].map((instance) => show(instance, again)))
      expect(statuses.toSorted()).toEqual([200, 401, 401, 401])
    }
  })

  it('publish a new signing key within a second of its making, before anybody signs with it', async () => {
    const kids = async ({ url }: Instance) => {
      const { keys } = (await (await fetch(`${url}/jwks`)).json()) as { keys: { kid: string }[] }
      return keys.map(({ kid }) => kid)
    }
    const before = await kids(there)
    const rotated = await fetch(`${here.url}/admin/v1/signing-keys/rotate`, {
      method: 'POST',
      headers: { authorization: `Bearer ${here.operatorToken}`, 'content-type': 'application/json' },
      body: '{}',
    })
    expect(rotated.status).toBe(200)
    const now = await kids(here)
    expect(now).not.toEqual(before)
    expect(now.toSorted()).toEqual([...new Set([...before, ...now])].toSorted())
    // The one that signs is in front: at first that of before, and when everybody knows the new one, the new one.
    expect(now[0]).toBe(before[0])
    await expect.poll(() => kids(there), { timeout: 1000, interval: 20 }).toEqual(now)
    for (const instance of [here, there])
      await expect.poll(async () => (await kids(instance))[0], { timeout: 5000 }).not.toBe(before[0])
    expect(await kids(there)).toEqual(await kids(here))
  })
})

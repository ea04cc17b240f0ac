import { errors } from 'oidc-provider'
import { beforeEach, describe, expect, it } from 'vitest'
import { encodeKey, keyOfCredential, makeCredential } from '../clients/credential.ts'
import { nowInSeconds, systemClock } from '../runtime/clock.ts'
import { randomBytes } from '../runtime/cryptography.ts'
import { createSealer } from '../runtime/sealer.ts'
import { createKeys, type Keys } from '../runtime/time-ordered.ts'
import { createMemoryStore } from '../stores/memory.ts'
import type { Store } from '../stores/store.ts'
import { sampleClient } from '../testing/store-samples.ts'
import { createAdapter } from './adapter.ts'
import { makeArtifactValue } from './artifact-ids.ts'
import { createArtifactPayloads } from './artifact-payload.ts'

describe('the adapter', () => {
  let store: Store
  let keys: Keys
  let clientId: string
  const payloads = createArtifactPayloads(createSealer(randomBytes(32)))
  const adapterOf = (kind: string) =>
    createAdapter(kind, { store, clients: store, clock: systemClock, payloads })
  const soon = () => nowInSeconds(systemClock) + 60
  const audit = { action: 'client.registered', at: 0, subject: 'test', actor: 'test' } as const

  beforeEach(async () => {
    store = createMemoryStore()
    keys = createKeys(systemClock)
    const client = sampleClient()
    clientId = client.id
    await store.createClient(client, { audit })
  })

  it('gives back what it was given, by the value and by the value alone', async () => {
    const codes = adapterOf('AuthorizationCode')
    const value = makeArtifactValue('AuthorizationCode', keys)
    const payload = {
      jti: value,
      kind: 'AuthorizationCode',
      iat: 1,
      exp: soon(),
      clientId,
      grantId: 'g',
      scope: 'openid',
      amr: ['pwd'],
    }
    await codes.upsert(value, payload, 60)
    expect(await codes.find(value)).toEqual(payload)
    const forged = makeCredential('cl_code', keyOfCredential(value, 'cl_code'))
    for (const other of [forged, value.slice(0, -1), '', 'cl_code', encodeKey(1)])
      expect(await codes.find(other)).toBeUndefined()
    expect(await adapterOf('AccessToken').find(value)).toBeUndefined()
  })

  it('finds nothing of a client that is gone, by any name (RFC 7592 §2.3)', async () => {
    const devices = adapterOf('DeviceCode')
    const value = makeArtifactValue('DeviceCode', keys)
    await devices.upsert(value, { jti: value, exp: soon(), clientId, userCode: 'BCDFGHJK' }, 60)
    expect(await devices.findByUserCode('BCDFGHJK')).toMatchObject({
      jti: value,
      userCode: 'BCDFGHJK',
      clientId,
    })
    await store.deleteClient(clientId, audit)
    expect(await devices.find(value)).toBeUndefined()
    expect(await devices.findByUserCode('BCDFGHJK')).toBeUndefined()
  })

  it.each(['AuthorizationCode', 'DeviceCode'] as const)(
    'lets one of two consume a %s, and the family of both goes (RFC 6749 §4.1.2)',
    async (kind) => {
      const adapter = adapterOf(kind)
      const [value, token] = [makeArtifactValue(kind, keys), makeArtifactValue('AccessToken', keys)]
      await adapter.upsert(value, { jti: value, exp: soon(), clientId, grantId: 'g' }, 60)
      await adapterOf('AccessToken').upsert(token, { jti: token, exp: soon(), clientId, grantId: 'g' }, 60)
      await adapter.consume(value)
      expect(await adapter.find(value)).toHaveProperty('consumed')
      expect(await adapterOf('AccessToken').find(token)).toBeDefined()
      await expect(adapter.consume(value)).rejects.toBeInstanceOf(errors.InvalidGrant)
      expect(await adapterOf('AccessToken').find(token)).toBeUndefined()
    },
  )

  it('says of a pushed request that was used what a client is to hear (RFC 9126 §2.2)', async () => {
    const adapter = adapterOf('PushedAuthorizationRequest')
    const value = makeArtifactValue('PushedAuthorizationRequest', keys)
    await adapter.upsert(value, { jti: value, exp: soon(), request: 'x' }, 60)
    await adapter.consume(value)
    await expect(adapter.consume(value)).rejects.toBeInstanceOf(errors.InvalidRequestUri)
  })

  it('finds a session by its second name without its cookie', async () => {
    const sessions = adapterOf('Session')
    const value = makeArtifactValue('Session', keys)
    await sessions.upsert(value, { jti: value, uid: 'u', exp: soon(), accountId: 'a' }, 60)
    const found = await sessions.findByUid('u')
    expect(found).toMatchObject({ uid: 'u', accountId: 'a' })
    expect(found).not.toHaveProperty('jti')
    await sessions.destroy(value)
    expect(await sessions.find(value)).toBeUndefined()
  })
})

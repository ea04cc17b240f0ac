import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../oauth/json.ts'
import { type KeysLocation, KeysUnavailable, remoteIssuerKeys } from './issuer-keys.ts'
import { JwtFault, type TrustedJwtIssuer, verifyJwt } from './verify-jwt.ts'

const ISSUER = 'https://issuer.example/tenant'
let first: SigningKey
let second: SigningKey

interface SigningKey {
  readonly kid: string
  readonly publicJwk: JsonObject
  sign(): Promise<string>
}

beforeAll(async () => {
  first = await makeKey('first')
  second = await makeKey('second')
})

async function makeKey(kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  return {
    kid,
    publicJwk: { ...(await exportJWK(publicKey)), kid } as JsonObject,
    sign: () => new SignJWT({ iss: ISSUER }).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey),
  }
}

/** An issuer whose answers a test sets, and a clock that it moves. */
function setUp(location: KeysLocation = { url: 'https://issuer.example/jwks' }) {
  const clock = { now: 1_795_219_200, milliseconds: () => clock.now * 1000 }
  const fetched: string[] = []
  const failures: unknown[] = []
  const documents = new Map<string, unknown>([['https://issuer.example/jwks', { keys: [first.publicJwk] }]])
  const fetch = async (url: string) => {
    fetched.push(url)
    const document = documents.get(url)
    if (document === 'down') throw new Error('nobody answers')
    if (document === 'moved') return Response.json({ keys: [first.publicJwk] }, { status: 302 })
    return document === undefined
      ? new Response('no', { status: 404 })
      : new Response(typeof document === 'string' ? document : JSON.stringify(document))
  }
  const issuer: TrustedJwtIssuer = {
    issuer: ISSUER,
    keys: remoteIssuerKeys({ location, fetch, clock, onFailure: (cause) => failures.push(cause) }),
    algorithms: ['ES256'],
    needsExpiry: false,
    clockSkewSeconds: 0,
  }
  const verify = async (key: SigningKey) => {
    try {
      await verifyJwt(await key.sign(), issuer, clock)
      return 'proved'
    } catch (error) {
      if (error instanceof JwtFault) return error.reason
      if (error instanceof KeysUnavailable) return 'unavailable'
      throw error
    }
  }
  return { clock, fetched, failures, documents, verify }
}

describe('the keys of an issuer at an address', () => {
  it('are fetched once for many signatures, also when they arrive together', async () => {
    const { fetched, verify } = setUp()
    expect(await Promise.all([verify(first), verify(first), verify(first)])).toEqual([
      'proved',
      'proved',
      'proved',
    ])
    expect(await verify(first)).toBe('proved')
    expect(fetched).toEqual(['https://issuer.example/jwks'])
  })

  it('are fetched again for an unknown kid, at most once a minute, whoever sends it', async () => {
    const { clock, fetched, documents, verify } = setUp()
    await verify(first)
    documents.set('https://issuer.example/jwks', { keys: [first.publicJwk, second.publicJwk] })
    clock.now += 59
    for (let i = 0; i < 5; i++) expect(await verify(second)).toBe('unknown_key')
    expect(fetched).toHaveLength(1)
    clock.now += 1
    expect(await Promise.all([verify(second), verify(second)])).toEqual(['proved', 'proved'])
    expect(fetched).toHaveLength(2)
  })

  it('that the issuer withdrew are trusted for ten minutes and no longer', async () => {
    const { clock, documents, verify } = setUp()
    await verify(first)
    documents.set('https://issuer.example/jwks', { keys: [second.publicJwk] })
    clock.now += 599
    expect(await verify(first)).toBe('proved')
    clock.now += 1
    expect(await verify(first)).toBe('unknown_key')
  })

  it.each([
    ['nobody answers', 'down'],
    ['it is not JSON', '<html>'],
    ['it is no JWK Set', { keys: 'x' }],
    ['it is not there', undefined],
    ['it is somewhere else', 'moved'],
  ])('are unavailable when %s, and then nothing is proved', async (_, document) => {
    const { documents, verify } = setUp()
    documents.set('https://issuer.example/jwks', document)
    expect(await verify(first)).toBe('unavailable')
  })

  it('that could not be fetched are asked for again after five seconds, not at every request', async () => {
    const { clock, fetched, documents, verify } = setUp()
    documents.set('https://issuer.example/jwks', 'down')
    expect(await verify(first)).toBe('unavailable')
    documents.set('https://issuer.example/jwks', { keys: [first.publicJwk] })
    clock.now += 4
    expect(await verify(first)).toBe('unavailable')
    expect(fetched).toHaveLength(1)
    clock.now += 1
    expect(await verify(first)).toBe('proved')
  })

  it('are asked for less and less often while the issuer is down, and each failure is told', async () => {
    const { clock, fetched, failures, documents, verify } = setUp()
    documents.set('https://issuer.example/jwks', 'down')
    const begin = clock.now
    const tries: number[] = []
    for (; clock.now < begin + 300; clock.now += 1) {
      const before = fetched.length
      expect(await verify(first)).toBe('unavailable')
      if (fetched.length > before) tries.push(clock.now - begin)
    }
    expect(tries).toEqual([0, 5, 15, 35, 75, 135, 195, 255])
    expect(failures).toHaveLength(tries.length)
    expect(failures[0]).toEqual(new Error('nobody answers'))
  })

  it('are asked for once a minute by unknown kids also while the issuer is down; known ones go on', async () => {
    const { clock, fetched, documents, verify } = setUp()
    await verify(first)
    documents.set('https://issuer.example/jwks', 'down')
    const begin = clock.now
    const tries: number[] = []
    for (; clock.now < begin + 300; clock.now += 1) {
      const before = fetched.length
      expect(await verify(second)).toBe('unknown_key')
      if (fetched.length > before) tries.push(clock.now - begin)
      expect(await verify(first)).toBe('proved')
    }
    expect(tries).toEqual([60, 120, 180, 240])
    clock.now = begin + 600
    expect(await verify(first)).toBe('unavailable')
    documents.set('https://issuer.example/jwks', { keys: [second.publicJwk] })
    clock.now += 60
    expect(await verify(second)).toBe('proved')
    expect(await verify(first)).toBe('unknown_key')
  })

  it('are never a secret, nor a private key, that somebody published by mistake', async () => {
    const { documents, verify } = setUp()
    const secret = { kty: 'oct', k: 'AAAA', kid: 'first' }
    documents.set('https://issuer.example/jwks', { keys: [secret, { ...first.publicJwk, d: 'AAAA' }, 7] })
    expect(await verify(first)).toBe('unknown_key')
  })
})

describe('discovery (RFC 8414 §3, OpenID Connect Discovery 1.0 §4)', () => {
  const inserted = 'https://issuer.example/.well-known/oauth-authorization-server/tenant'
  const appended = 'https://issuer.example/tenant/.well-known/openid-configuration'
  const metadata = { issuer: ISSUER, jwks_uri: 'https://issuer.example/jwks' }

  it.each([inserted, appended])('finds the keys by the document at %s', async (address) => {
    const { documents, verify } = setUp({ discoverFrom: ISSUER })
    documents.set(address, metadata)
    expect(await verify(first)).toBe('proved')
  })

  it('believes no document that speaks for another issuer (RFC 8414 §3.3)', async () => {
    const { documents, verify } = setUp({ discoverFrom: ISSUER })
    documents.set(inserted, { ...metadata, issuer: 'https://issuer.example' })
    expect(await verify(first)).toBe('unavailable')
  })

  it('without a jwks_uri finds nothing', async () => {
    const { documents, verify } = setUp({ discoverFrom: ISSUER })
    documents.set(appended, { issuer: ISSUER })
    expect(await verify(first)).toBe('unavailable')
  })
})

import { createHmac } from 'node:crypto'
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../oauth/json.ts'
import { fixedIssuerKeys } from './issuer-keys.ts'
import {
  claimedIssuer,
  JwtFault,
  SIGNATURE_ALGORITHMS,
  type TrustedJwtIssuer,
  verifyJwt,
} from './verify-jwt.ts'

const NOW = 1_795_219_200
const clock = { milliseconds: () => NOW * 1000 }
const CLAIMS = { iss: 'https://issuer.example', exp: NOW + 60 }

let pair: Awaited<ReturnType<typeof generateKeyPair>>
let publicJwk: JsonObject
let issuer: TrustedJwtIssuer

beforeAll(async () => {
  pair = await generateKeyPair('ES256')
  publicJwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1' } as JsonObject
  issuer = {
    issuer: 'https://issuer.example',
    keys: fixedIssuerKeys({ keys: [publicJwk] }),
    algorithms: ['ES256'],
    needsExpiry: true,
    clockSkewSeconds: 0,
  }
})

const sign = (header: object = {}, claims: object = CLAIMS) =>
  new SignJWT(claims as never)
    .setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header })
    .sign(pair.privateKey)
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
/** A token with any header and any signature, as no honest library makes it. */
const forge = (header: object, signature: string) => `${part(header)}.${part(CLAIMS)}.${signature}`

async function faultOf(token: string, changes: Partial<TrustedJwtIssuer> = {}): Promise<string> {
  try {
    await verifyJwt(token, { ...issuer, ...changes }, clock)
    return 'proved'
  } catch (error) {
    if (error instanceof JwtFault) return error.reason
    throw error
  }
}

describe('a JWT of a trusted issuer (RFC 7515 §5.2, RFC 8725 §3)', () => {
  it('is proved by the issuer’s own key', async () => {
    expect(await verifyJwt(await sign(), issuer, clock)).toEqual(CLAIMS)
  })

  it.each(['none', 'None', 'NONE', 'nOnE', ''])('is not unsigned: alg %j', async (alg) => {
    for (const signature of ['', 'AAAA']) {
      expect(await faultOf(forge({ alg, kid: 'k1' }, signature))).toBe('algorithm')
    }
  })

  it('is not signed with the public key as the secret of an HMAC', async () => {
    const spki = await exportSPKI(pair.publicKey)
    for (const secret of [spki, spki.trim(), JSON.stringify(publicJwk), String(publicJwk.x)]) {
      const head = `${part({ alg: 'HS256', kid: 'k1' })}.${part(CLAIMS)}`
      const mac = createHmac('sha256', secret).update(head).digest('base64url')
      expect(await faultOf(`${head}.${mac}`)).toBe('algorithm')
    }
    expect(SIGNATURE_ALGORITHMS.filter((alg) => alg.startsWith('HS'))).toEqual([])
  })

  it('is not of an algorithm beside the list, even with the right key', async () => {
    expect(await faultOf(await sign(), { algorithms: ['RS256', 'EdDSA'] })).toBe('algorithm')
  })

  it('is not proved by a key that it brings along or points to', async () => {
    const thief = await generateKeyPair('ES256')
    const jwk = await exportJWK(thief.publicKey)
    for (const extra of [
      { jwk },
      { jku: 'https://thief.example/jwks' },
      { x5u: 'https://thief.example/x' },
    ]) {
      for (const kid of ['k1', 'thief']) {
        const token = await new SignJWT(CLAIMS)
          .setProtectedHeader({ alg: 'ES256', kid, ...extra })
          .sign(thief.privateKey)
        expect(await faultOf(token)).toBe(kid === 'k1' ? 'signature' : 'unknown_key')
      }
      // And what it points to does no harm to an honest one.
      expect(await faultOf(await sign(extra))).toBe('proved')
    }
  })

  it.each(['../../../etc/passwd', '/dev/null', "k1' OR '1'='1", '__proto__', 'k1\u0000', 'K1', ''])(
    'has a kid that is compared and never followed: %j',
    async (kid) => {
      expect(await faultOf(await sign({ kid }))).toBe('unknown_key')
    },
  )

  it.each([7, null, ['k1'], { a: 1 }])('has no kid like %j', async (kid) => {
    expect(await faultOf(forge({ alg: 'ES256', kid }, 'AAAA'))).toBe('header')
  })

  it('without a kid is taken where the issuer has one key only: nothing is guessed', async () => {
    const token = await sign({ kid: undefined })
    expect(await faultOf(token)).toBe('proved')
    const other = { ...(await exportJWK((await generateKeyPair('ES256')).publicKey)), kid: 'k2' }
    const keys = fixedIssuerKeys({ keys: [publicJwk, other as JsonObject] })
    expect(await faultOf(token, { keys })).toBe('unknown_key')
  })

  it('is not proved by a key for encryption, or for another algorithm (RFC 7517 §4.2, §4.4)', async () => {
    for (const change of [{ use: 'enc' }, { alg: 'ES384' }, { key_ops: ['sign'] }]) {
      const keys = fixedIssuerKeys({ keys: [{ ...publicJwk, ...change }] })
      expect(await faultOf(await sign(), { keys })).toBe('unknown_key')
    }
  })

  it('has no critical extension and no unencoded payload (RFC 7515 §4.1.11, RFC 7797)', async () => {
    expect(await faultOf(forge({ alg: 'ES256', crit: ['exp'], exp: 1 }, 'AAAA'))).toBe('header')
    expect(await faultOf(forge({ alg: 'ES256', b64: false, crit: ['b64'] }, 'AAAA'))).toBe('header')
  })

  it('is not proved when a bit of it changed, or by an all-zero signature (CVE-2022-21449)', async () => {
    const [header, payload, signature] = (await sign()).split('.') as [string, string, string]
    const altered = part({ ...CLAIMS, admin: true })
    expect(await faultOf(`${header}.${altered}.${signature}`)).toBe('signature')
    expect(await faultOf(`${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`)).toBe('signature')
    expect(await faultOf(`${header}.${payload}.`)).toBe('signature')
  })

  it.each(['', 'x', 'a.b', 'a.b.c', 'a.b.c.d.e', '..', 'eyJ9.e30.x', '\u0000', '{"payload":"x"}'])(
    '%j is none',
    async (text) => {
      expect(await faultOf(text)).toBe('malformed')
      expect(claimedIssuer(text)).toBeUndefined()
    },
  )

  it('holds a JSON object', async () => {
    for (const payload of ['[]', '7', 'null', '"x"', '{']) {
      const { CompactSign } = await import('jose')
      const token = await new CompactSign(new TextEncoder().encode(payload))
        .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
        .sign(pair.privateKey)
      expect(await faultOf(token)).toBe('malformed')
    }
  })

  it('is of a type that is asked for, where one is (RFC 8725 §3.11)', async () => {
    const types = ['at+jwt']
    for (const typ of ['at+jwt', 'AT+JWT', 'application/at+jwt']) {
      expect(await faultOf(await sign({ typ }), { types })).toBe('proved')
    }
    for (const typ of ['JWT', 'dpop+jwt', undefined, 7]) {
      expect(await faultOf(await sign({ typ }), { types })).toBe('type')
    }
    expect(await faultOf(await sign(), { types: ['jwt'] })).toBe('proved')
  })

  it('is judged by its claims when its signature is proved, and not before', async () => {
    expect(await faultOf(await sign({}, { ...CLAIMS, exp: NOW }))).toBe('expired')
    expect(await faultOf(`${(await sign({}, { ...CLAIMS, exp: NOW })).slice(0, -4)}AAAA`)).toBe('signature')
  })
})

/** DPoP proofs (RFC 9449 §4.2) of one ES256 key, as a client makes them. */
import { createHash, randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose'

export interface Proofs {
  /** The `dpop_jkt` of the key (RFC 9449 §10). */
  readonly thumbprint: string
  make(method: string, url: string, accessToken?: string): Promise<string>
}

export async function createProofs(): Promise<Proofs> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = await exportJWK(publicKey)
  return {
    thumbprint: await calculateJwkThumbprint(jwk),
    make: (method, url, accessToken) =>
      new SignJWT({
        htm: method,
        htu: url,
        jti: randomUUID(),
        ...(accessToken ? { ath: createHash('sha256').update(accessToken).digest('base64url') } : {}),
      })
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
        .setIssuedAt()
        .sign(privateKey),
  }
}

/** Somebody who vouches for software, or issues access tokens: keys, signatures, and an address where the keys are. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { JsonObject } from '../../clientele/src/oauth/json.ts'

export interface TestIssuer {
  readonly issuer: string
  readonly jwks: JsonObject
  /** A JWT with these claims, good unless they or the header say otherwise. Undefined takes a claim away. */
  sign(claims?: object, header?: object): Promise<string>
}

export async function createTestIssuer(
  issuer = 'https://vouch.example',
  header: { readonly alg?: string; readonly typ?: string } = {},
): Promise<TestIssuer> {
  const alg = header.alg ?? 'ES256'
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const kid = `key of ${issuer}`
  return {
    issuer,
    jwks: { keys: [{ ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }] } as unknown as JsonObject,
    sign(claims = {}, extra = {}) {
      const now = Math.floor(Date.now() / 1000)
      return new SignJWT({ iss: issuer, iat: now, exp: now + 300, ...claims } as never)
        .setProtectedHeader({ alg, kid, ...header, ...extra })
        .sign(privateKey)
    },
  }
}

/** Documents at addresses of this machine; a test changes them while the server runs. */
export async function serveDocuments() {
  const documents = new Map<string, unknown>()
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url!)
    const document = documents.get(request.url!)
    response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(document ?? {}))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    documents,
    /** The paths that were asked for, in order. */
    asked,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

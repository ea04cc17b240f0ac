import { X509Certificate } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { Presented } from '../../clientele/src/gates/gate.ts'
import {
  type CertificatePair,
  type CertificateWorkshop,
  describeWithOpenssl,
  openCertificateWorkshop,
} from '../harness/certificates.ts'
import type { Sections } from '../harness/real-server.ts'
import { type Ask, ask, type BareServer, registration, startBareServer } from '../harness/transport.ts'

/** Addresses of this machine: one is the operator's proxy, the other anybody. */
const PROXY = '127.0.0.2'
const ANYBODY = '127.0.0.3'

let workshop: CertificateWorkshop
let installer: CertificatePair
let visitor: CertificatePair
let server: BareServer | undefined

beforeAll(() => {
  workshop = openCertificateWorkshop()
  const authority = workshop.authority('authority', '/O=Example/CN=Example clients')
  installer = authority.issue('installer', '/O=Example/CN=installer')
  visitor = authority.issue('visitor', '/O=Example/CN=visitor')
})
afterEach(async () => {
  await server?.end()
  server = undefined
})
afterAll(() => workshop.delete())

const MUTUAL_TLS = { mutual_tls: { enabled: true, subjects: ['CN=installer,O=Example'] } }

async function start(sections: Sections = {}, clientCertHeader = true): Promise<void> {
  server = await startBareServer({
    ...MUTUAL_TLS,
    ...sections,
    server: { trusted_proxies: [PROXY], client_cert_header: clientCertHeader },
  })
}

/** RFC 9440 §2.1: the DER of the certificate as a Byte Sequence. */
function headerOf({ cert }: CertificatePair): string {
  return `:${new X509Certificate(cert).raw.toString('base64')}:`
}

function register(from: string, clientCert?: string | readonly string[], how: Ask = {}) {
  const headers = { ...(clientCert === undefined ? {} : { 'client-cert': clientCert }), ...how.headers }
  return ask(`${server!.url}/register`, registration({ from, ...how, headers }))
}

describeWithOpenssl('the Client-Cert header (RFC 9440)', () => {
  it('from a trusted proxy is the client’s certificate', async () => {
    await start()
    expect((await register(PROXY, headerOf(installer))).status).toBe(201)
    expect((await register(PROXY, headerOf(visitor))).status).toBe(403)
    expect((await register(PROXY)).status).toBe(401)
  })

  it('injected from any other address is as if it were not there (§4)', async () => {
    await start()
    const injected = await register(ANYBODY, headerOf(installer))
    expect(injected.status).toBe(401)
    expect(injected.body.error).toBe('invalid_token')
    expect(injected.headers['www-authenticate']).toBe('Bearer realm="clientele"')
    const claimed = await register(ANYBODY, headerOf(installer), {
      headers: { 'x-forwarded-for': PROXY, forwarded: `for=${PROXY}` },
    })
    expect(claimed.status).toBe(401)
  })

  it('is not to be seen by the host application’s own gate either, which is handed the certificate’s facts', async () => {
    const seen: unknown[] = []
    const host = {
      recognizes: ({ certificate }: Presented) => seen.push(certificate?.subject) > 0,
      decide: ({ headers }: Request) => {
        seen.push(headers.get('client-cert'))
        return { caller: { id: 'ada' } }
      },
    }
    server = await startBareServer(
      { ...MUTUAL_TLS, server: { trusted_proxies: [PROXY], client_cert_header: true } },
      { host },
    )
    expect((await register(PROXY, headerOf(visitor))).status).toBe(201)
    expect((await register(ANYBODY, headerOf(visitor))).status).toBe(201)
    expect(seen).toEqual(['CN=visitor,O=Example', null, undefined, null])
  })

  it('counts from nobody while the operator has not said that the proxies write it', async () => {
    await start({ mutual_tls: {} }, false)
    expect((await register(PROXY, headerOf(installer))).status).toBe(401)
  })

  it('that is not exactly one certificate is refused with 400, and never counts as none (§2.2)', async () => {
    await start({ registration: { anonymous: true } })
    const one = headerOf(installer)
    const pem = `:${Buffer.from(installer.cert).toString('base64')}:`
    const trailing = `:${Buffer.concat([new X509Certificate(installer.cert).raw, Buffer.from([0])]).toString('base64')}:`
    for (const bad of [
      [one, headerOf(visitor)],
      `${one}, ${one}`,
      one.slice(1, -1),
      ':AAAA:',
      pem,
      trailing,
    ]) {
      const answer = await register(PROXY, bad)
      expect(answer.status, String(bad).slice(0, 40)).toBe(400)
      expect(answer.body).toEqual({
        error: 'invalid_request',
        error_description: 'The Client-Cert header is not one certificate (RFC 9440).',
      })
    }
  })

  it('that is empty, as a proxy’s template leaves it without a certificate, shows none', async () => {
    await start({ registration: { anonymous: true } })
    for (const empty of ['', '::']) expect((await register(PROXY, empty)).status).toBe(201)
  })

  it('beside a token leaves the token to its own gate', async () => {
    await start()
    const { token } = await server!.createInitialAccessToken({ uses: 1, expiresInSeconds: 60 })
    const bad = await register(PROXY, headerOf(installer), { headers: { authorization: 'Bearer wrong' } })
    expect(bad.status).toBe(401)
    const headers = { authorization: `Bearer ${token}` }
    expect((await register(PROXY, headerOf(visitor), { headers })).status).toBe(201)
  })

  it('is needed beside every token where the operator says so, also from addresses that are no proxy', async () => {
    await start({ mutual_tls: { required: true } })
    const { token } = await server!.createInitialAccessToken({ uses: 5, expiresInSeconds: 60 })
    const headers = { authorization: `Bearer ${token}` }
    expect((await register(ANYBODY, headerOf(installer), { headers })).status).toBe(403)
    expect((await register(PROXY, undefined, { headers })).status).toBe(403)
    expect((await register(PROXY, headerOf(installer), { headers })).status).toBe(201)
  })
})

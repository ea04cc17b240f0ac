import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../clientele/src/runtime/clock.ts'
import {
  type Authority,
  type CertificatePair,
  type CertificateWorkshop,
  describeWithOpenssl,
  openCertificateWorkshop,
} from '../harness/certificates.ts'
import type { Sections } from '../harness/real-server.ts'
import {
  type Answer,
  type Ask,
  ask,
  type BareServer,
  registration,
  startBareServer,
} from '../harness/transport.ts'

import { runCommand } from './child-server.ts'

let workshop: CertificateWorkshop
let authority: Authority
let own: CertificatePair
let installer: CertificatePair
let visitor: CertificatePair
let expired: CertificatePair
let stranger: CertificatePair
let server: BareServer | undefined

beforeAll(() => {
  workshop = openCertificateWorkshop()
  authority = workshop.authority('authority', '/O=Example/CN=Example clients')
  own = workshop
    .authority('web', '/CN=Web authority')
    .issue('server', '/CN=localhost', { altNames: 'DNS:localhost' })
  installer = authority.issue('installer', '/O=Example/CN=installer', { altNames: 'DNS:installer.example' })
  visitor = authority.issue('visitor', '/O=Example/CN=visitor')
  expired = authority.issue('expired', '/O=Example/CN=installer', { isExpired: true })
  // The same names, from an authority of the stranger's own making, with the name of ours.
  stranger = workshop
    .authority('forged', '/O=Example/CN=Example clients')
    .issue('stranger', '/O=Example/CN=installer', { altNames: 'DNS:installer.example' })
})

afterEach(async () => {
  await server?.end()
  server = undefined
})
afterAll(() => workshop.delete())

async function start(
  client_certificates: string,
  sections: Sections = {},
  clock = systemClock,
): Promise<void> {
  const tls = {
    certificate_file: own.certFile,
    key_file: own.keyFile,
    client_certificates,
    ...(client_certificates === 'none' ? {} : { client_trust_anchors_file: authority.certFile }),
  }
  server = await startBareServer({ ...sections, server: { tls } }, { clock })
}

/** Registers with a certificate, or without one. */
function register(shown: CertificatePair | undefined, how: Ask = {}): Promise<Answer> {
  return send('/register', shown, registration(how))
}

function send(path: string, shown: CertificatePair | undefined, how: Ask = {}): Promise<Answer> {
  const identity = shown === undefined ? {} : { cert: shown.cert, key: shown.key }
  const trust = { ca: `${own.cert}${webAuthority()}` }
  return ask(server!.url + path, { ...trust, ...identity, ...how })
}

const webAuthority = () => workshop.read('web')

function thumbprintOf({ cert }: CertificatePair): string {
  return Buffer.from(new X509Certificate(cert).fingerprint256.replaceAll(':', ''), 'hex').toString(
    'base64url',
  )
}

describeWithOpenssl('TLS of its own', () => {
  it('serves https, and everything that it says of itself begins with https', async () => {
    await start('none', { registration: { anonymous: true } })
    expect(server!.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
    expect(server!.issuer).toBe(server!.url)
    const metadata = await send('/.well-known/oauth-authorization-server', undefined)
    expect(metadata.body).toMatchObject({
      issuer: server!.url,
      registration_endpoint: `${server!.url}/register`,
      token_endpoint: `${server!.url}/token`,
    })
    const registered = await register(undefined)
    expect(registered.status).toBe(201)
    expect(registered.body.registration_client_uri).toMatch(new RegExp(`^${server!.url}/register/`))
  })

  it('does not answer http on that port', async () => {
    await start('none', { registration: { anonymous: true } })
    await expect(ask(`${server!.url.replace('https:', 'http:')}/livez`)).rejects.toThrow(/hang up|ECONNRESET/)
  })

  it('speaks nothing older than TLS 1.2', async () => {
    await start('none')
    const old = send('/livez', undefined, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' } as Ask)
    await expect(old).rejects.toThrow(/protocol version|unsupported protocol|no protocols available/i)
  })
})

describeWithOpenssl('client certificates that the handshake requires (RFC 8705 §7)', () => {
  const gate = { mutual_tls: { enabled: true } }

  it('let nobody connect without one, or with one of another authority, or an expired one', async () => {
    await start('required', gate)
    const refused = /alert|ECONNRESET|hang up|EPIPE/i
    await expect(send('/livez', undefined)).rejects.toThrow(refused)
    await expect(send('/livez', stranger)).rejects.toThrow(refused)
    await expect(send('/livez', expired)).rejects.toThrow(refused)
    expect((await send('/livez', installer)).status).toBe(200)
  })

  it('admit their holder to the registration', async () => {
    await start('required', gate)
    expect((await register(installer)).status).toBe(201)
  })
})

describeWithOpenssl('client certificates that are optional', () => {
  const listed = { mutual_tls: { enabled: true, subjects: ['CN=installer, O=Example'] } }

  it('admit a listed one, and without one the challenge asks for the credentials of another gate', async () => {
    await start('optional', listed)
    expect((await register(installer)).status).toBe(201)
    const without = await register(undefined)
    expect(without.status).toBe(401)
    expect(without.headers['www-authenticate']).toBe('Bearer realm="clientele"')
  })

  it('refuse one that is not listed with 403, and never let it fall through to the open gate', async () => {
    await start('optional', { ...listed, registration: { anonymous: true } })
    const refused = await register(visitor)
    expect(refused.status).toBe(403)
    expect(refused.body).toEqual({
      error: 'access_denied',
      error_description: 'The client certificate is not accepted here.',
    })
    expect((await register(undefined)).status).toBe(201)
  })

  it('refuse one of an unknown authority and an expired one in words, whatever they ask for', async () => {
    await start('optional', { ...listed, registration: { anonymous: true } })
    for (const bad of [stranger, expired]) {
      for (const answer of [await register(bad), await send('/livez', bad)]) {
        expect(answer.status).toBe(403)
        expect(answer.body).toMatchObject({ error: 'access_denied' })
      }
    }
  })

  it('of an authority below a trusted one are accepted, or refused where the operator names another issuer', async () => {
    const below = authority.authority('below', '/O=Example/CN=Installers')
    const inner = below.issue('inner', '/O=Example/CN=inner')
    const shown = { ...inner, cert: inner.cert + below.cert }
    await start('optional', { mutual_tls: { enabled: true } })
    expect((await register(shown)).status).toBe(201)
    await server!.end()
    await start('optional', { mutual_tls: { enabled: true, issuers: ['CN=Example clients,O=Example'] } })
    expect((await register(shown)).status).toBe(403)
    expect((await register(installer)).status).toBe(201)
  })

  it('are known again when a TLS session is taken up again (RFC 8446 §2.2)', async () => {
    await start('optional', listed)
    const first = await register(installer)
    const second = await register(undefined, { session: first.session! })
    expect([second.isReused, second.status]).toEqual([true, 201])
    const bad = await send('/livez', stranger)
    const again = await send('/livez', undefined, bad.session === undefined ? {} : { session: bad.session })
    if (again.isReused) expect(again.status).toBe(403)
  })

  it('accept by subject alternative name, by thumbprint in either form, and by issuer', async () => {
    const hex = new X509Certificate(installer.cert).fingerprint256
    for (const rule of [
      { subject_alt_names: ['DNS:Installer.Example'] },
      { thumbprints: [thumbprintOf(installer)] },
      { thumbprints: [hex] },
      { subjects: ['CN=installer,O=Example'], issuers: ['cn=Example clients,o=Example'] },
    ]) {
      await start('optional', { mutual_tls: { enabled: true, ...rule } })
      expect((await register(installer)).status).toBe(201)
      expect((await register(visitor)).status).toBe(403)
      await server!.end()
    }
    await start('optional', { mutual_tls: { enabled: true, issuers: ['CN=Another,O=Example'] } })
    expect((await register(installer)).status).toBe(403)
  })

  it('leave the Authorization header to its own gate: a bad token is refused whatever the certificate', async () => {
    await start('optional', listed)
    const bad = await register(installer, { headers: { authorization: 'Bearer wrong' } })
    expect(bad.status).toBe(401)
    expect(bad.headers['www-authenticate']).toMatch(/^Bearer .*error="invalid_token"/)
    const { token } = await server!.createInitialAccessToken({ uses: 1, expiresInSeconds: 60 })
    const good = await register(visitor, { headers: { authorization: `Bearer ${token}` } })
    expect(good.status).toBe(201)
  })

  it('do not open existing registrations unless the operator says so (RFC 7592 §1.1)', async () => {
    await start('optional', listed)
    const { registration_client_uri } = (await register(installer)).body
    const path = new URL(registration_client_uri as string).pathname
    expect((await send(path, installer)).status).toBe(401)
  })

  it('open those that their own subject registered, operation by operation, and no others', async () => {
    await start('optional', {
      mutual_tls: { enabled: true },
      management: { read: ['mutual_tls'], delete: ['mutual_tls'] },
    })
    const { registration_client_uri } = (await register(installer)).body
    const path = new URL(registration_client_uri as string).pathname
    expect((await send(path, visitor)).status).toBe(403)
    expect((await send(path, visitor, { method: 'DELETE' })).status).toBe(403)
    expect((await send(path, undefined)).status).toBe(401)
    const read = await send(path, installer)
    expect(read.status).toBe(200)
    const { client_id } = read.body
    const change = {
      method: 'PUT',
      body: { client_id, redirect_uris: ['https://client.example/other'] },
    } as Ask
    expect((await send(path, installer, change)).status).toBe(401)
    expect((await send(path, installer, { method: 'DELETE' })).status).toBe(204)
  })
})

describeWithOpenssl('a certificate beside other credentials (mutual_tls.required)', () => {
  it('is needed for every request to registration and configuration, and the token is needed as well', async () => {
    await start('optional', { mutual_tls: { required: true, subjects: ['CN=installer,O=Example'] } })
    const { token } = await server!.createInitialAccessToken({ uses: 5, expiresInSeconds: 60 })
    const headers = { authorization: `Bearer ${token}` }
    expect((await register(undefined, { headers })).body).toMatchObject({
      error: 'access_denied',
      error_description: 'A client certificate is needed here.',
    })
    expect((await register(visitor, { headers })).status).toBe(403)
    expect((await register(installer)).status).toBe(401)
    const registered = await register(installer, { headers })
    expect(registered.status).toBe(201)

    const path = new URL(registered.body.registration_client_uri as string).pathname
    const management = { headers: { authorization: `Bearer ${registered.body.registration_access_token}` } }
    expect((await send(path, undefined, management)).status).toBe(403)
    expect((await send(path, undefined, { ...management, method: 'DELETE' })).status).toBe(403)
    expect((await send(path, installer, management)).status).toBe(200)
  })

  it('ends with its own time, also on a connection that was opened before (RFC 5280 §4.1.2.5)', async () => {
    let now = systemClock.milliseconds()
    const clock = { milliseconds: () => now }
    await start('optional', { mutual_tls: { enabled: true } }, clock)
    expect((await register(installer)).status).toBe(201)
    now += 40 * 24 * 3600 * 1000
    expect((await register(installer)).status).toBe(403)
  })
})

describeWithOpenssl('the command line over TLS', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'clientele-tls-command-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const create = (...more: readonly string[]) =>
    runCommand(['initial-access-token', 'create', '--json', '--data', server!.data, ...more], { folder })

  it('accepts the certificate of the server that uses the data folder, whatever name and authority it has', async () => {
    await start('none')
    const { code, stdout, stderr } = await create()
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout).token).toMatch(/^cl_iat_/)
  })

  it('accepts no other certificate, and does not hand it the operator token', async () => {
    await start('none')
    const address = join(server!.data, 'server.json')
    const other = workshop.authority('other-web', '/CN=Web authority').issue('other', '/CN=localhost')
    writeFileSync(
      address,
      JSON.stringify({ ...JSON.parse(readFileSync(address, 'utf8')), certificate: other.cert }),
    )
    const { code, stderr } = await create()
    expect(code).toBe(1)
    expect(stderr).toContain('cannot be trusted')
  })

  it('shows a client certificate to a server that requires one, and says so when it has none', async () => {
    await start('required')
    const without = await create()
    expect(without.code).toBe(1)
    expect(without.stderr).toContain('--client-cert and --client-key')
    const withOne = await create('--client-cert', visitor.certFile, '--client-key', visitor.keyFile)
    expect([withOne.code, withOne.stderr]).toEqual([0, ''])
  })
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parseConfig } from '../../clientele/src/server/config.ts'
import {
  type CertificatePair,
  type CertificateWorkshop,
  describeWithOpenssl,
  openCertificateWorkshop,
} from '../harness/certificates.ts'
import type { Sections } from '../harness/real-server.ts'
import { ask, type BareServer, registration, startBareServer } from '../harness/transport.ts'
import { runCommand } from './child-server.ts'

const TLS = { certificate_file: 'c.pem', key_file: 'k.pem' }
const ISSUER = {
  issuer: 'https://trusted.example',
  audience: ['https://id.example.com'],
  jwks_url: 'https://trusted.example/jwks',
}

describe('a start with unsafe or contradicting settings is refused with a sentence:', () => {
  it.each<[string, Sections, string]>([
    [
      'no gate at all while registration is not anonymous',
      { initial_access_tokens: { enabled: false }, api_keys: { enabled: false } },
      'registration.anonymous is false and no gate is open, so nobody could register',
    ],
    [
      'bearer tokens without TLS where other machines can connect',
      { server: { host: '0.0.0.0' }, bearer: { enabled: true } },
      'server.host lets other machines send passwords and access tokens without TLS',
    ],
    [
      'passwords without TLS where other machines can connect',
      { server: { host: '192.0.2.1' }, basic: { enabled: true } },
      'server.host lets other machines send passwords and access tokens without TLS',
    ],
    [
      'tokens of another issuer without TLS where other machines can connect',
      { server: { host: '::', issuer: 'https://id.example.com' }, bearer: { issuers: [ISSUER] } },
      'server.host lets other machines send passwords and access tokens without TLS',
    ],
    [
      'mutual TLS with no certificates to see',
      { mutual_tls: { enabled: true } },
      'mutual_tls.enabled needs certificates to see',
    ],
    [
      'certificates needed beside tokens with none to see',
      { mutual_tls: { required: true } },
      'mutual_tls.required needs certificates to see',
    ],
    [
      'lists of certificates that nothing reads',
      { mutual_tls: { subjects: ['CN=installer'] } },
      'mutual_tls.enabled is false, and so is mutual_tls.required',
    ],
    [
      'a Client-Cert header without a proxy to come from',
      { server: { client_cert_header: true } },
      'server.client_cert_header needs server.trusted_proxies',
    ],
    [
      'everybody as a trusted proxy',
      { server: { trusted_proxies: ['10.0.0.1', '0.0.0.0/0'] } },
      'server.trusted_proxies holds every address there is',
    ],
    [
      'everybody as a trusted proxy, in two halves',
      { server: { trusted_proxies: ['0.0.0.0/1', '128.0.0.0/1'] } },
      'server.trusted_proxies holds 0.0.0.0/1, which is no network of one operator',
    ],
    [
      'every user of another issuer',
      { bearer: { issuers: [{ ...ISSUER, register_scope: '' }] } },
      'every user of this issuer could register clients',
    ],
    [
      'every user of another issuer, to manage what is not theirs',
      { bearer: { issuers: [{ ...ISSUER, delete_scope: '', permissions: ['oauth-client-delete'] }] } },
      'every user of this issuer could delete every client',
    ],
    [
      'a certificate without its key',
      { server: { tls: { certificate_file: 'c.pem' } } },
      'server.tls.key_file is missing',
    ],
    [
      'a key without its certificate',
      { server: { tls: { key_file: 'k.pem' } } },
      'server.tls.certificate_file is missing',
    ],
    [
      'client certificates without TLS',
      { server: { tls: { client_certificates: 'optional', client_trust_anchors_file: 'a.pem' } } },
      'server.tls.client_certificates needs server.tls.certificate_file',
    ],
    [
      'client certificates from anybody',
      { server: { tls: { ...TLS, client_certificates: 'required' } } },
      'server.tls.client_trust_anchors_file is missing',
    ],
    [
      'trust anchors for certificates that nobody is asked for',
      { server: { tls: { ...TLS, client_trust_anchors_file: 'a.pem' } } },
      'server.tls.client_trust_anchors_file has no effect',
    ],
    [
      'an http issuer of a server that speaks TLS',
      { server: { issuer: 'http://127.0.0.1:7591', tls: TLS } },
      'server.issuer must begin with https://',
    ],
    [
      'software statements required with no trusted issuer',
      { software_statements: { required: true } },
      'software_statements.required',
    ],
    [
      'software statements as the gate with no trusted issuer',
      { registration: { anonymous: true }, software_statements: { admits: true } },
      'software_statements.admits',
    ],
    [
      'a subject that is no distinguished name',
      { mutual_tls: { subjects: ['installer'] } },
      'mutual_tls.subjects is wrong',
    ],
    [
      'a name without its kind',
      { mutual_tls: { subject_alt_names: ['host.example'] } },
      'mutual_tls.subject_alt_names is wrong',
    ],
    [
      'a thumbprint that is none',
      { mutual_tls: { thumbprints: ['AB:CD'] } },
      'mutual_tls.thumbprints is wrong',
    ],
    [
      'foreign bearer tokens forgotten where nobody gets in without one',
      { registration: { ignore_foreign_bearer: true } },
      'registration.ignore_foreign_bearer has no effect',
    ],
    [
      'a proxy by name',
      { server: { trusted_proxies: ['proxy.internal'] } },
      'server.trusted_proxies is wrong',
    ],
  ])('%s', (_, sections, sentence) => {
    expect(() => parseConfig(sections)).toThrow(sentence)
  })

  it.each<[string, Sections]>([
    ['on a loopback address', { bearer: { enabled: true } }],
    ['with TLS', { server: { host: '0.0.0.0', tls: TLS }, bearer: { enabled: true } }],
    [
      'behind a declared proxy',
      { server: { host: '0.0.0.0', trusted_proxies: ['10.0.0.1'] }, bearer: { enabled: true } },
    ],
    [
      'in a network that the operator called closed',
      { server: { host: '0.0.0.0', allow_insecure_issuer: true }, bearer: { enabled: true } },
    ],
    [
      'with registration off, also without a gate',
      {
        registration: { enabled: false },
        initial_access_tokens: { enabled: false },
        api_keys: { enabled: false },
      },
    ],
    [
      'anonymous, also without another gate',
      {
        registration: { anonymous: true },
        initial_access_tokens: { enabled: false },
        api_keys: { enabled: false },
      },
    ],
  ])('and the same is allowed %s', (_, sections) => {
    expect(() => parseConfig(sections)).not.toThrow()
  })

  it('all of them at once, so that one edit can mend them all', () => {
    const sections = {
      server: { client_cert_header: true, tls: { key_file: 'k.pem' } },
      initial_access_tokens: { enabled: false },
      api_keys: { enabled: false },
    }
    expect(() => parseConfig(sections)).toThrow(
      /server\.tls\.certificate_file[\s\S]*server\.client_cert_header[\s\S]*registration\.anonymous/,
    )
  })
})

describe('the command line', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'clientele-start-checks-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('ends with 1, the sentence and the place, and serves nothing', async () => {
    writeFileSync(
      join(folder, 'clientele.toml'),
      '[server.tls]\nkey_file = "k.pem"\n[mutual_tls]\nenabled = true\n',
    )
    const { code, stdout, stderr } = await runCommand(['serve', '--port', '0'], { folder })
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain(
      'server.tls.certificate_file is missing: a certificate and its private key go together',
    )
    expect(stderr).toContain('mutual_tls.enabled needs certificates to see')
    expect(stderr).toContain('(clientele.toml:4)')
    expect(stderr).not.toContain('    at ')
  })

  it('names the nearest key of a section below another', async () => {
    writeFileSync(join(folder, 'clientele.toml'), '[server.tls]\ncertificat_file = "c.pem"\n')
    const { code, stderr } = await runCommand(['serve', '--port', '0'], { folder })
    expect(code).toBe(1)
    expect(stderr).toContain('server.tls.certificat_file is not a known key (clientele.toml:2)')
    expect(stderr).toContain('the nearest known key is server.tls.certificate_file')
  })

  it('reads keys of a section below another from the environment', async () => {
    writeFileSync(join(folder, 'clientele.toml'), '')
    const environment = { CLIENTELE_SERVER__TLS__KEY_FILE: 'k.pem' }
    const { stderr } = await runCommand(['serve', '--port', '0'], { folder, environment })
    expect(stderr).toContain('server.tls.certificate_file is missing')
  })
})

describeWithOpenssl('files for TLS that do not fit are a sentence', () => {
  let workshop: CertificateWorkshop
  let own: CertificatePair
  let other: CertificatePair
  let authority: CertificatePair
  beforeAll(() => {
    workshop = openCertificateWorkshop()
    const made = workshop.authority('authority', '/CN=authority')
    authority = made
    own = made.issue('own', '/CN=localhost')
    other = made.issue('other', '/CN=localhost')
    writeFileSync(join(workshop.folder, 'text'), 'not PEM')
    writeFileSync(
      join(workshop.folder, 'broken'),
      `${authority.cert}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
    )
  })
  afterAll(() => workshop.delete())

  const start = (tls: Readonly<Record<string, string>>) => startBareServer({ server: { tls } })
  const file = (name: string) => join(workshop.folder, name)
  const pair = () => ({ certificate_file: own.certFile, key_file: own.keyFile })
  const asking = () => ({ ...pair(), client_certificates: 'optional' })

  it.each<[string, () => Readonly<Record<string, string>>, RegExp]>([
    [
      'a missing file',
      () => ({ ...pair(), key_file: file('none') }),
      /none \(server\.tls\.key_file\) does not exist\./,
    ],
    [
      'a key of another certificate',
      () => ({ ...pair(), key_file: other.keyFile }),
      /is not the one of the certificate in/,
    ],
    [
      'a file that is not PEM',
      () => ({ ...pair(), certificate_file: file('text') }),
      /cannot be used for TLS: .* Both must be PEM/,
    ],
    [
      'trust anchors that are none',
      () => ({ ...asking(), client_trust_anchors_file: file('text') }),
      /holds no certificate in PEM/,
    ],
    [
      'one broken trust anchor of several',
      () => ({ ...asking(), client_trust_anchors_file: file('broken') }),
      /Certificate 2 in .* cannot be read/,
    ],
    [
      'a trust anchor below a root that is missing',
      () => ({ ...asking(), client_trust_anchors_file: own.certFile }),
      /Certificate 1 in .* is not a root, and the authority that issued it is missing/,
    ],
  ])('%s', async (_, tls, sentence) => {
    await expect(start(tls())).rejects.toThrow(sentence)
  })
})

describe('with registration off', () => {
  let server: BareServer
  afterEach(() => server.end())

  it('its addresses answer 404 to everybody, and the metadata does not announce them', async () => {
    server = await startBareServer({ registration: { enabled: false, anonymous: true } })
    const { token } = await server.createInitialAccessToken({ uses: 1, expiresInSeconds: 60 })
    const headers = { authorization: `Bearer ${token}` }
    const addresses = ['/register', '/register/0190f5fe-0000-7000-8000-000000000000']
    for (const address of addresses) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
        const answer = await ask(server.url + address, registration({ method, headers }))
        expect([method, address, answer.status]).toEqual([method, address, 404])
        expect(answer.body.error).toBe('not_found')
        expect(answer.headers['www-authenticate']).toBeUndefined()
      }
    }
    for (const name of ['oauth-authorization-server', 'openid-configuration']) {
      const { body } = await ask(`${server.url}/.well-known/${name}`)
      expect(body.token_endpoint).toBe(`${server.url}/token`)
      expect(body).not.toHaveProperty('registration_endpoint')
    }
  })
})

describe('a registration that was made before it was switched off', () => {
  let data: string
  beforeAll(() => {
    data = mkdtempSync(join(tmpdir(), 'clientele-switched-off-'))
  })
  afterAll(() => rmSync(data, { recursive: true }))

  it('cannot be managed any more, and its client goes on getting tokens', async () => {
    const body = { grant_types: ['client_credentials'], response_types: [] }
    const before = await startBareServer({ server: { data }, registration: { anonymous: true } })
    const { body: client } = await ask(`${before.url}/register`, { method: 'POST', body })
    await before.close()
    const after = await startBareServer({ server: { data }, registration: { enabled: false } })
    const management = { authorization: `Bearer ${client.registration_access_token}` }
    const path = new URL(client.registration_client_uri as string).pathname
    expect((await ask(after.url + path, { headers: management })).status).toBe(404)
    const basic = Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')
    const token = await ask(`${after.url}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: 'grant_type=client_credentials',
    })
    expect(token.status).toBe(200)
    await after.close()
  })
})

import { describe, expect, it } from 'vitest'
import { OAuthError } from '../oauth/errors.ts'
import type { RequestCertificate } from '../runtime/request-facts.ts'
import { bearer, describeGate, presentedWith } from '../testing/gate-contract.ts'
import type { Presented } from './gate.ts'
import { type CertificateRule, createCertificateCheck, mutualTlsGate } from './mutual-tls.ts'

const NOW = 1_800_000_000
const clock = { milliseconds: () => NOW * 1000 }

const CERTIFICATE: RequestCertificate = {
  subject: 'CN=app\\, Inc.,O=Example',
  issuer: 'CN=Authority,O=Example',
  subjectAltNames: ['DNS:app.example', 'URI:urn:example:app'],
  thumbprint: 'q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s',
  notBefore: NOW - 10,
  notAfter: NOW + 10,
}

const OWNER = `certificate:${JSON.stringify(['CN=Authority,O=Example', 'CN=app\\, Inc.,O=Example'])}`

const shown = (certificate?: RequestCertificate): Presented => ({
  operation: 'register',
  credentials: { kind: 'none' },
  address: '',
  ...(certificate === undefined ? {} : { certificate }),
})

function reasonOf(rule: CertificateRule, certificate?: RequestCertificate): string {
  try {
    createCertificateCheck(rule, clock)(shown(certificate))
    return 'accepted'
  } catch (error) {
    return (error as OAuthError).reason
  }
}

describe('which certificates are accepted', () => {
  it.each<[string, CertificateRule, string]>([
    ['every one without a list', {}, 'accepted'],
    ['a subject however it is written', { subjects: ['cn=app\\2c Inc., o=Example'] }, 'accepted'],
    ['not another subject', { subjects: ['CN=app,O=Example'] }, 'client_certificate.not_listed'],
    ['one of its names', { subjectAltNames: ['DNS:other.example', 'DNS:APP.example'] }, 'accepted'],
    ['not a name below it', { subjectAltNames: ['DNS:example'] }, 'client_certificate.not_listed'],
    ['not a name of another kind', { subjectAltNames: ['URI:app.example'] }, 'client_certificate.not_listed'],
    ['its thumbprint', { thumbprints: ['ab'.repeat(32)] }, 'accepted'],
    ['any of several lists', { subjects: ['CN=x'], thumbprints: ['ab'.repeat(32)] }, 'accepted'],
    ['one of a listed issuer', { issuers: ['CN=Authority,O=Example'] }, 'accepted'],
    [
      'not one of another issuer, listed or not',
      { thumbprints: ['ab'.repeat(32)], issuers: ['CN=Other'] },
      'client_certificate.other_issuer',
    ],
  ])('%s', (_, rule, reason) => {
    expect(reasonOf(rule, CERTIFICATE)).toBe(reason)
  })

  it('only while it is valid (RFC 5280 §4.1.2.5)', () => {
    expect(reasonOf({}, { ...CERTIFICATE, notAfter: NOW })).toBe('client_certificate.expired')
    expect(reasonOf({}, { ...CERTIFICATE, notBefore: NOW + 1 })).toBe('client_certificate.expired')
    expect(reasonOf({})).toBe('client_certificate.missing')
  })

  it('an empty name on a list would accept certificates without a subject, so it is refused at once', () => {
    for (const rule of [
      { subjects: [''] },
      { issuers: [''] },
      { subjectAltNames: ['app'] },
      { thumbprints: ['x'] },
    ])
      expect(() => createCertificateCheck(rule, clock)).toThrow(TypeError)
  })
})

describe('the gate', () => {
  const gate = mutualTlsGate({ rule: { subjects: ['CN=app\\, Inc.,O=Example'] }, clock })

  it('recognizes a certificate without other credentials, for every operation', () => {
    for (const operation of ['register', 'read', 'update', 'delete'] as const)
      expect(gate.recognizes({ ...shown(CERTIFICATE), operation })).toBe(true)
    expect(gate.recognizes(shown())).toBe(false)
    const token = { kind: 'bearer', token: 'x' } as const
    expect(gate.recognizes({ ...shown(CERTIFICATE), credentials: token })).toBe(false)
  })

  it('admits its holder with the certificate as a fact, and permits nothing more', async () => {
    expect(await gate.admit(shown(CERTIFICATE))).toEqual({
      caller: {
        gate: 'mutual_tls',
        id: CERTIFICATE.thumbprint,
        owner: OWNER,
        certificate: CERTIFICATE,
      },
      permissions: [],
    })
  })

  it('refuses all others alike, with 403 and without a challenge (RFC 9440 §2.4)', async () => {
    const others = [{ subject: 'CN=x' }, { notAfter: NOW }].map((change) => ({ ...CERTIFICATE, ...change }))
    for (const other of others) {
      const error = await gate.admit(shown(other)).catch((refusal) => refusal)
      expect(error).toBeInstanceOf(OAuthError)
      expect(error).toMatchObject({
        status: 403,
        code: 'access_denied',
        message: 'The client certificate is not accepted here.',
      })
    }
  })

  it('makes one subject at two authorities two owners, however their names are written', async () => {
    const anyone = mutualTlsGate({ rule: {}, clock })
    const pairs = [
      ['CN=A', 'CN=app'],
      ['CN=B', 'CN=app'],
      ['CN=A","CN=app', 'CN=app'],
      ['CN=A', 'CN=app","CN=app'],
      ['CN=A/CN=app', 'CN=app'],
      ['CN=A', 'CN=app/CN=app'],
    ] as const
    const owners = await Promise.all(
      pairs.map(async ([issuer, subject]) => {
        const { caller } = await anyone.admit(shown({ ...CERTIFICATE, issuer, subject }))
        return caller.owner
      }),
    )
    expect(new Set(owners).size).toBe(pairs.length)
    expect(owners).not.toContain(undefined)
  })

  it('makes nobody the owner by a certificate without a subject', async () => {
    const anyone = mutualTlsGate({ rule: {}, clock })
    const { caller } = await anyone.admit(shown({ ...CERTIFICATE, subject: '' }))
    expect(caller).not.toHaveProperty('owner')
  })
})

describeGate(
  'the gate for client certificates',
  async () => {
    const rule = { subjects: ['CN=app\\, Inc.,O=Example'], issuers: ['CN=Authority,O=Example'] }
    const changed = (change: Partial<RequestCertificate>) => shown({ ...CERTIFICATE, ...change })
    return {
      gate: mutualTlsGate({ rule, clock }),
      good: [
        {
          presented: shown(CERTIFICATE),
          caller: { id: CERTIFICATE.thumbprint, owner: OWNER },
        },
      ],
      bad: [
        { presented: changed({ subject: 'CN=app' }), reason: 'client_certificate.not_listed' },
        { presented: changed({ subject: '' }), reason: 'client_certificate.not_listed' },
        { presented: changed({ issuer: 'CN=Authority' }), reason: 'client_certificate.other_issuer' },
        { presented: changed({ notAfter: NOW }), reason: 'client_certificate.expired' },
      ],
      small: [],
      foreign: [presentedWith({ kind: 'none' }), { ...shown(CERTIFICATE), credentials: bearer('x') }],
      secrets: [],
    }
  },
  { describe, it, expect },
)

import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readCertificate } from './certificate.ts'
import { normalizeSubjectAltName, normalizeThumbprint } from './certificate-names.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-certificate-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function make(subject: string, altNames?: string, config = ''): X509Certificate {
  const file = join(folder, 'openssl.cnf')
  writeFileSync(file, config)
  const names = altNames === undefined ? [] : ['-addext', `subjectAltName=${altNames}`]
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', '/dev/null']
  const how = ['-config', file, '-utf8', '-days', '7', '-subj', subject]
  return new X509Certificate(
    execFileSync('openssl', ['req', '-x509', ...key, ...how, ...names], { stdio: 'pipe' }),
  )
}

describe('what a certificate says of its holder (RFC 5280 §4.1)', () => {
  it('is its names, its thumbprint and its time', () => {
    const made = make(
      '/C=DE/O=Ex, Inc./CN=app',
      'DNS:app.example,IP:192.0.2.1,IP:2001:db8::1,URI:urn:x:y,email:a@b.example',
    )
    const read = readCertificate(made.raw)
    expect(read).toMatchObject({
      subject: 'CN=app,O=Ex\\, Inc.,C=DE',
      issuer: 'CN=app,O=Ex\\, Inc.,C=DE',
      subjectAltNames: [
        'DNS:app.example',
        'IP:192.0.2.1',
        'IP:2001:db8::1',
        'URI:urn:x:y',
        'email:a@b.example',
      ],
    })
    expect(Buffer.from(read.thumbprint, 'base64url').toString('hex')).toBe(
      made.fingerprint256.replaceAll(':', '').toLowerCase(),
    )
    expect(read.notAfter - read.notBefore).toBe(7 * 24 * 3600)
  })

  it('is an empty subject and no names where it has none', () => {
    expect(readCertificate(make('/').raw)).toMatchObject({ subject: '', subjectAltNames: [] })
  })

  it('cannot pass one name off as another with a comma, a quote or a line break (CVE-2021-44532)', () => {
    const config = `[req]
distinguished_name=dn
x509_extensions=v3
[dn]
[v3]
subjectAltName=@names
[names]
URI.1=http://a/?x, DNS:admin.example
`
    const read = readCertificate(make('/CN=a\n\nO=Admins', undefined, config).raw)
    expect(read.subject).toBe('CN=a\\0a\\0aO=Admins')
    expect(read.subjectAltNames).toEqual(['URI:http://a/?x,\\20DNS:admin.example'])
  })

  it.each([
    ['nothing', (_: X509Certificate) => Buffer.alloc(0)],
    ['PEM', (made: X509Certificate) => Buffer.from(made.toString())],
    ['bytes behind a certificate', (made: X509Certificate) => Buffer.concat([made.raw, Buffer.from([0])])],
    ['half of one', (made: X509Certificate) => made.raw.subarray(0, made.raw.length / 2)],
  ])('and %s is no certificate', (_, bytes) => {
    expect(() => readCertificate(bytes(make('/CN=a')))).toThrow(TypeError)
  })
})

describe('names and thumbprints that a person wrote', () => {
  it('have one spelling', () => {
    expect(normalizeSubjectAltName('DNS:App.Example')).toBe('DNS:app.example')
    expect(normalizeSubjectAltName('IP:2001:0db8:0::1')).toBe('IP:2001:db8::1')
    expect(normalizeSubjectAltName('URI:urn:X')).toBe('URI:urn:X')
    const hex = 'ab'.repeat(32)
    const base64url = Buffer.from(hex, 'hex').toString('base64url')
    for (const text of [hex, hex.toUpperCase(), hex.replace(/..(?=.)/g, '$&:'), base64url])
      expect(normalizeThumbprint(text)).toBe(base64url)
  })

  it('or are none', () => {
    for (const text of ['app.example', 'dns:app.example', 'DNS:', 'IP:app', 'UPN:a'])
      expect(normalizeSubjectAltName(text)).toBeUndefined()
    for (const text of ['', 'ab:cd', 'ab'.repeat(31), 'zz'.repeat(32)])
      expect(normalizeThumbprint(text)).toBeUndefined()
  })
})

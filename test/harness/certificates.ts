/** Certificates made for a test with openssl: an authority of its own, servers and clients below it. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate and its private key, as PEM and as files. */
export interface CertificatePair {
  readonly cert: string
  readonly key: string
  readonly certFile: string
  readonly keyFile: string
}

export interface Authority extends CertificatePair {
  /** `subject` as openssl writes it: `/O=Example/CN=app`. */
  issue(name: string, subject: string, options?: IssueOptions): CertificatePair
  /** An authority below this one. */
  authority(name: string, subject: string): Authority
}

export interface IssueOptions {
  /** Subject alternative names as openssl writes them: `DNS:localhost,IP:127.0.0.1`. */
  readonly altNames?: string
  /** Valid between these, `20200101000000Z`. */
  readonly validity?: readonly [string, string]
  readonly utf8?: boolean
}

export interface CertificateWorkshop {
  readonly folder: string
  authority(name: string, subject: string): Authority
  delete(): void
}

/** A folder in which a test makes its certificates. */
export function openCertificateWorkshop(): CertificateWorkshop {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-certificates-'))
  return {
    folder,
    authority: (name, subject) => createAuthority(folder, name, subject),
    delete: () => rmSync(folder, { recursive: true }),
  }
}

const EC_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
const IS_AUTHORITY = [
  '-addext',
  'basicConstraints=critical,CA:TRUE',
  '-addext',
  'keyUsage=critical,keyCertSign,cRLSign',
]

function createAuthority(folder: string, name: string, subject: string, above?: CertificatePair): Authority {
  const pair = request(folder, name, subject, [...IS_AUTHORITY, ...signedBy(above)])
  return {
    ...pair,
    issue: (leaf, leafSubject, { altNames, validity, utf8 } = {}) =>
      request(folder, leaf, leafSubject, [
        ...signedBy(pair),
        ...(altNames === undefined ? [] : ['-addext', `subjectAltName=${altNames}`]),
        ...(validity === undefined ? [] : ['-not_before', validity[0], '-not_after', validity[1]]),
        ...(utf8 ? ['-utf8'] : []),
      ]),
    authority: (below, belowSubject) => createAuthority(folder, below, belowSubject, pair),
  }
}

function signedBy(above: CertificatePair | undefined): readonly string[] {
  return above === undefined ? [] : ['-CA', above.certFile, '-CAkey', above.keyFile]
}

function request(folder: string, name: string, subject: string, more: readonly string[]): CertificatePair {
  const certFile = join(folder, `${name}.pem`)
  const keyFile = join(folder, `${name}.key`)
  const config = ['-config', '/dev/null', '-subj', subject, '-multivalue-rdn', '-days', '2']
  execFileSync(
    'openssl',
    ['req', '-x509', ...EC_KEY, ...config, '-keyout', keyFile, '-out', certFile, ...more],
    {
      stdio: 'pipe',
    },
  )
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8'), certFile, keyFile }
}

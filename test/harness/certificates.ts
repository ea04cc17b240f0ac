/** Certificates made for a test with openssl: an authority of its own, servers and clients below it. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'vitest'

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
  /** Whether its time is over. */
  readonly isExpired?: boolean
}

export interface CertificateWorkshop {
  readonly folder: string
  authority(name: string, subject: string): Authority
  /** The certificate with that name, as PEM. */
  read(name: string): string
  delete(): void
}

/** A folder in which a test makes its certificates. */
export function openCertificateWorkshop(): CertificateWorkshop {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-certificates-'))
  return {
    folder,
    authority: (name, subject) => createAuthority(folder, name, subject),
    read: (name) => readFileSync(join(folder, `${name}.pem`), 'utf8'),
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
    issue(leaf, leafSubject, { altNames, isExpired = false } = {}) {
      const names = altNames === undefined ? [] : ['-addext', `subjectAltName=${altNames}`]
      const issued = request(folder, leaf, leafSubject, [...signedBy(pair), ...names])
      return isExpired ? endBeforeToday(issued, pair) : issued
    },
    authority: (below, belowSubject) => createAuthority(folder, below, belowSubject, pair),
  }
}

function signedBy(above: CertificatePair | undefined): readonly string[] {
  return above === undefined ? [] : ['-CA', above.certFile, '-CAkey', above.keyFile]
}

function request(folder: string, name: string, subject: string, more: readonly string[]): CertificatePair {
  const certFile = join(folder, `${name}.pem`)
  const keyFile = join(folder, `${name}.key`)
  const config = ['-config', '/dev/null', '-subj', subject, '-utf8']
  execFileSync(
    'openssl',
    ['req', '-x509', ...EC_KEY, ...config, '-keyout', keyFile, '-out', certFile, ...more],
    {
      stdio: 'pipe',
    },
  )
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8'), certFile, keyFile }
}

/** `req` makes no certificate that has ended; `x509` does. */
function endBeforeToday(issued: CertificatePair, { certFile, keyFile }: CertificatePair): CertificatePair {
  openssl([
    'x509',
    '-in',
    issued.certFile,
    '-signkey',
    issued.keyFile,
    '-x509toreq',
    '-out',
    `${issued.certFile}.csr`,
  ])
  const by = ['-CA', certFile, '-CAkey', keyFile, '-days', '-1']
  openssl(['x509', '-req', '-in', `${issued.certFile}.csr`, ...by, '-out', issued.certFile])
  return { ...issued, cert: readFileSync(issued.certFile, 'utf8') }
}

function openssl(args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' })
}

/** `describe` for tests that need openssl: where it is not installed they are skipped, and say why. */
export const describeWithOpenssl: (name: string, tests: () => void) => void = hasOpenssl()
  ? describe
  : (name, tests) => describe.skip(`${name} (skipped: openssl is not installed here)`, tests)

function hasOpenssl(): boolean {
  try {
    openssl(['version'])
    return true
  } catch {
    return false
  }
}

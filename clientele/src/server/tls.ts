/** TLS of our own: the certificate, its key, and whom we ask for a certificate in turn (RFC 8446, RFC 8705 §7). */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext, type TlsOptions } from 'node:tls'
import type { Config } from './config-schema.ts'
import { StartError } from './start-error.ts'

/** The options of `node:https` for this server. */
export type ServerTls = TlsOptions & { readonly cert: string }

/** What `node:https` is told; undefined for a server that speaks http. Throws `StartError` for files that do not fit. */
export function readTls({ server: { tls } }: Config): ServerTls | undefined {
  const { certificate_file, key_file, client_certificates, client_trust_anchors_file } = tls
  if (certificate_file === undefined || key_file === undefined) return undefined
  const own = {
    cert: readPem(certificate_file, 'server.tls.certificate_file'),
    key: readPem(key_file, 'server.tls.key_file'),
    minVersion: 'TLSv1.2',
  } as const
  checkPair(own, certificate_file, key_file)
  if (client_certificates === 'none' || client_trust_anchors_file === undefined) return own
  const isRequired = client_certificates === 'required'
  return {
    ...own,
    ca: readAnchors(client_trust_anchors_file),
    requestCert: true,
    // Where it is optional, a bad certificate is answered in words (`request-origin.ts`), not with a broken handshake.
    rejectUnauthorized: isRequired,
  }
}

function checkPair(
  own: { readonly cert: string; readonly key: string },
  certificate: string,
  key: string,
): void {
  try {
    createSecureContext(own)
  } catch (error) {
    const reason = (error as Error).message
    throw new StartError(
      /mismatch/i.test(reason)
        ? `The private key in ${key} is not the one of the certificate in ${certificate}.`
        : `${certificate} and ${key} cannot be used for TLS: ${reason}. Both must be PEM, the key without a passphrase.`,
      { cause: error },
    )
  }
}

/** One by one: the TLS library silently leaves out what it cannot read, and trusts nothing that ends below a root. */
function readAnchors(file: string): string[] {
  const name = 'server.tls.client_trust_anchors_file'
  const pem = readPem(file, name)
  const anchors = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []
  if (anchors.length === 0) throw new StartError(`${file} (${name}) holds no certificate in PEM.`)
  const certificates = anchors.map((anchor, index) =>
    readAnchor(anchor, `Certificate ${index + 1} in ${file}`),
  )
  for (const [index, certificate] of certificates.entries()) {
    if (certificates.some((above) => certificate.checkIssued(above))) continue
    throw new StartError(
      `Certificate ${index + 1} in ${file} (${name}) is not a root, and the authority that issued it is missing, so that no client could be verified. Add it; mutual_tls.issuers says which of the authorities are meant.`,
    )
  }
  return anchors
}

function readAnchor(pem: string, name: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (error) {
    throw new StartError(`${name} cannot be read.`, { cause: error })
  }
}

function readPem(file: string, name: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read: ${code}`
    throw new StartError(`${file} (${name}) ${reason}.`, { cause: error })
  }
}

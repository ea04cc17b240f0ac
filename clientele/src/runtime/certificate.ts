import { hash, X509Certificate } from 'node:crypto'
import ipaddr from 'ipaddr.js'
import { type DerValue, readDer, readObjectIdentifier } from './der.ts'
import { renderDistinguishedName } from './distinguished-name.ts'
import type { RequestCertificate } from './request-facts.ts'

const SUBJECT_ALT_NAME = '2.5.29.17'
const SEQUENCE = 0x30
const EXPLICIT_VERSION = 0xa0
const EXPLICIT_EXTENSIONS = 0xa3

/**
 * What a certificate says of its holder (RFC 5280 §4.1), read from its DER. The names are not taken from the text that
 * Node makes of them: a comma or a line break in a name could pass for another name there (CVE-2021-44532).
 * Throws `TypeError` when it is no certificate. Who vouches for it is checked elsewhere.
 */
export function readCertificate(der: Uint8Array): RequestCertificate {
  const parsed = parse(der)
  const [certificate] = readDer(der)
  const [body] = readDer(certificate!.content)
  const members = readDer(body!.content)
  // Version is optional and comes first: serial number, signature, issuer, validity, subject follow.
  const first = members[0]?.tag === EXPLICIT_VERSION ? 1 : 0
  const issuer = members[first + 2]
  const subject = members[first + 4]
  if (issuer?.tag !== SEQUENCE || subject?.tag !== SEQUENCE) throw new TypeError('this is no certificate')
  return {
    subject: renderDistinguishedName(subject.content),
    issuer: renderDistinguishedName(issuer.content),
    subjectAltNames: readSubjectAltNames(members),
    thumbprint: hash('sha256', parsed.raw, 'base64url'),
    notBefore: seconds(parsed.validFrom),
    notAfter: seconds(parsed.validTo),
  }
}

function parse(der: Uint8Array): X509Certificate {
  try {
    const parsed = new X509Certificate(der)
    // PEM would be read as well, and bytes behind the certificate would be ignored.
    if (parsed.raw.equals(der)) return parsed
  } catch {}
  throw new TypeError('this is no certificate')
}

function readSubjectAltNames(members: readonly DerValue[]): readonly string[] {
  const wrapped = members.find(({ tag }) => tag === EXPLICIT_EXTENSIONS)
  const extensions = wrapped === undefined ? [] : readDer(readDer(wrapped.content)[0]!.content)
  for (const extension of extensions) {
    // extnID, then critical where it is true, then extnValue.
    const parts = readDer(extension.content)
    if (readObjectIdentifier(parts[0]!.content) !== SUBJECT_ALT_NAME) continue
    const [names] = readDer(parts.at(-1)!.content)
    return readDer(names!.content).flatMap((name) => renderName(name) ?? [])
  }
  return []
}

/** RFC 5280 §4.2.1.6, GeneralName. Kinds that nobody writes into an allow list are left out. */
function renderName({ tag, content }: DerValue): string | undefined {
  switch (tag) {
    case 0x81:
      return `email:${ascii(content)}`
    case 0x82:
      return `DNS:${ascii(content)}`
    case 0x86:
      return `URI:${ascii(content)}`
    case 0x87:
      return content.length === 4 || content.length === 16
        ? `IP:${ipaddr.fromByteArray([...content]).toString()}`
        : undefined
    case 0xa4:
      return `DirName:${renderDistinguishedName(readDer(content)[0]!.content)}`
    default:
      return undefined
  }
}

/** IA5String. Anything that is no printable ASCII is written as octets, so that no name can hide another. */
function ascii(content: Uint8Array): string {
  return String.fromCharCode(...content).replaceAll(
    /[^\x21-\x7e]/g,
    (character) => `\\${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}

function seconds(text: string): number {
  return Math.floor(Date.parse(text) / 1000)
}

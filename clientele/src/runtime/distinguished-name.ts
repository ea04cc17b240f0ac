import { type DerValue, readDer, readDerText, readObjectIdentifier } from './der.ts'

/** Short names of attribute types (RFC 4514 §3, RFC 4519), and those that certificates have besides. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.15': 'businessCategory',
  '2.5.4.17': 'postalCode',
  '2.5.4.42': 'GN',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
}
const OBJECT_IDENTIFIERS = new Map(
  Object.entries(SHORT_NAMES).map(([oid, name]) => [name.toLowerCase(), oid]),
)

/** Writes the content of a DER `Name` as RFC 4514 §2 does: the last relative name first. */
export function renderDistinguishedName(content: Uint8Array): string {
  return readDer(content)
    .map((relative) => readDer(relative.content).map(renderAttribute).join('+'))
    .reverse()
    .join(',')
}

function renderAttribute({ content }: DerValue): string {
  const [type, value] = readDer(content)
  if (type === undefined || value === undefined) throw new TypeError('an attribute without type or value')
  const oid = readObjectIdentifier(type.content)
  const text = readDerText(value)
  // RFC 4514 §2.4: what is no text is written as the octets of its encoding.
  if (text === undefined)
    return `${SHORT_NAMES[oid] ?? oid}=#${hex([value.tag, value.content.length, ...value.content])}`
  return `${SHORT_NAMES[oid] ?? oid}=${escapeValue(text)}`
}

/** RFC 4514 §2.4. What a log line or a terminal could take for its own is written as octets. */
function escapeValue(text: string): string {
  return text
    .replaceAll(/["+,;<>\\]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/ $/, '\\ ')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
      [...new TextEncoder().encode(character)].map((octet) => `\\${hex([octet])}`).join(''),
    )
}

/**
 * One spelling for a distinguished name that a person wrote, to compare with; undefined when it is none. Spaces around
 * separators, the case of attribute types, their object identifiers and the ways of escaping make no difference. Values
 * are compared exactly: authorities that issue `CN=a` and `CN=A` to two parties exist.
 */
export function normalizeDistinguishedName(text: string): string | undefined {
  const relatives = split(text, ',').map((relative) => split(relative, '+').map(normalizeAttribute))
  if (relatives.some((relative) => relative.includes(undefined))) return undefined
  return relatives.map((relative) => relative.sort().join('+')).join(',')
}

function normalizeAttribute(text: string): string | undefined {
  const equals = text.indexOf('=')
  const type = text.slice(0, equals).trim().toLowerCase()
  const raw = text
    .slice(equals + 1)
    .replace(/^ +/, '')
    .replace(/(?<!\\) +$/, '')
  if (equals < 1 || !/^([a-z][a-z0-9-]*|\d+(\.\d+)+)$/.test(type)) return undefined
  const oid = OBJECT_IDENTIFIERS.get(type) ?? type
  if (raw.startsWith('#')) return /^#([0-9a-f]{2})+$/i.test(raw) ? `${oid}=${raw.toLowerCase()}` : undefined
  const value = unescapeValue(raw)
  return value === undefined ? undefined : `${oid}=${escapeValue(value)}`
}

function unescapeValue(text: string): string | undefined {
  const octets: number[] = []
  for (const [part] of text.matchAll(/\\[0-9a-fA-F]{2}|\\.?|[^\\]+/gsu)) {
    if (!part.startsWith('\\')) octets.push(...new TextEncoder().encode(part))
    else if (part.length === 3) octets.push(Number.parseInt(part.slice(1), 16))
    else if (/^\\[ "#+,;<=>\\]$/.test(part)) octets.push(part.charCodeAt(1))
    else return undefined
  }
  return new TextDecoder().decode(new Uint8Array(octets))
}

/** Splits at separators that are not escaped. */
function split(text: string, separator: ',' | '+'): readonly string[] {
  const parts = ['']
  for (const [part] of text.matchAll(/\\.?|[^\\]/gsu)) {
    if (part === separator) parts.push('')
    else parts.push(parts.pop() + part)
  }
  return parts
}

function hex(octets: readonly number[]): string {
  return octets.map((octet) => octet.toString(16).padStart(2, '0')).join('')
}

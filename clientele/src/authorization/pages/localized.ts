import type { ClientMetadata } from '../../oauth/client-metadata.ts'

/** Text with the language that it is written in, where the client said so. */
export interface LocalizedText {
  readonly text: string
  readonly language?: string
}

/**
 * The variant of a human-readable member that suits the reader (RFC 7591 §2.2): `client_name#de` for `Accept-Language:
 * de-AT`, by the look-up of RFC 4647 §3.4; the member without a language otherwise.
 */
export function findLocalized(
  metadata: ClientMetadata,
  member: string,
  acceptLanguage: string | undefined,
): LocalizedText | undefined {
  for (const range of languageRanges(acceptLanguage)) {
    for (let tag = range; tag !== ''; tag = tag.slice(0, Math.max(0, tag.lastIndexOf('-')))) {
      for (const [key, value] of Object.entries(metadata)) {
        if (
          typeof value === 'string' &&
          value !== '' &&
          key.toLowerCase() === `${member.toLowerCase()}#${tag}`
        ) {
          return { text: value, language: key.slice(member.length + 1) }
        }
      }
    }
  }
  const plain = metadata[member]
  return typeof plain === 'string' && plain !== '' ? { text: plain } : undefined
}

/** The languages of an `Accept-Language` header (RFC 9110 §12.5.4), the most wanted first, in lower case. */
function languageRanges(header: string | undefined): readonly string[] {
  if (header === undefined) return []
  const ranges = header
    .slice(0, 200)
    .split(',')
    .map((item) =>
      /^\s*([a-z]{1,8}(?:-[a-z0-9]{1,8})*)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/i.exec(item),
    )
    .filter((match) => match !== null)
    .map((match) => ({ tag: match[1]!.toLowerCase(), weight: Number(match[2] ?? 1) }))
  return ranges
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag)
}

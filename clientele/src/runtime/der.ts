/** One value of DER (ITU-T X.690 §8): its tag, and its content still unread. */
export interface DerValue {
  /** The identifier octet: 0x30 for SEQUENCE, 0xa3 for the context-specific `[3]` that holds another value. */
  readonly tag: number
  readonly content: Uint8Array
}

/** The values that stand one after another in `bytes`. Throws `TypeError` when they are not DER. */
export function readDer(bytes: Uint8Array): readonly DerValue[] {
  const values: DerValue[] = []
  let rest = bytes
  while (rest.length > 0) {
    const [tag, first] = rest
    // Tags above 30 take more octets; no certificate has one.
    if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw notDer()
    const octets = first < 0x80 ? 0 : first & 0x7f
    if (first === 0x80 || octets > 4 || rest.length < 2 + octets) throw notDer()
    const length =
      octets === 0 ? first : rest.subarray(2, 2 + octets).reduce((sum, octet) => sum * 256 + octet, 0)
    const start = 2 + octets
    if (rest.length < start + length) throw notDer()
    values.push({ tag, content: rest.subarray(start, start + length) })
    rest = rest.subarray(start + length)
  }
  return values
}

/** An object identifier in dotted form (X.690 §8.19). */
export function readObjectIdentifier(content: Uint8Array): string {
  const numbers: bigint[] = []
  let number = 0n
  for (const octet of content) {
    number = number * 128n + BigInt(octet & 0x7f)
    if (octet >= 0x80) continue
    numbers.push(number)
    number = 0n
  }
  const [first] = numbers
  if (first === undefined || content.at(-1)! >= 0x80) throw notDer()
  // The first two arcs share one number.
  const top = first < 80n ? first / 40n : 2n
  return [top, first - top * 40n, ...numbers.slice(1)].join('.')
}

/** The text of a string value; undefined for a type that is no string. */
export function readDerText({ tag, content }: DerValue): string | undefined {
  switch (tag) {
    case 0x0c: // UTF8String
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)
    case 0x12: // NumericString
    case 0x13: // PrintableString
    case 0x16: // IA5String
    case 0x14: // TeletexString, which everybody writes as Latin-1
      return String.fromCharCode(...content)
    case 0x1e: // BMPString
      if (content.length % 2 === 1) throw notDer()
      return pairs(content)
    default:
      return undefined
  }
}

function pairs(content: Uint8Array): string {
  let text = ''
  for (let at = 0; at < content.length; at += 2) {
    text += String.fromCharCode(content[at]! * 256 + content[at + 1]!)
  }
  return text
}

function notDer(): TypeError {
  return new TypeError('this is not DER')
}

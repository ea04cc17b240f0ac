import { describe, expect, it } from 'vitest'
import { normalizeDistinguishedName, renderDistinguishedName } from './distinguished-name.ts'

const same = (a: string, b: string) => normalizeDistinguishedName(a) === normalizeDistinguishedName(b)

/** DER of a value. */
function der(tag: number, content: readonly number[] | string): number[] {
  const octets = typeof content === 'string' ? [...new TextEncoder().encode(content)] : content
  return [tag, octets.length, ...octets]
}

const UTF8 = 0x0c
const CN = [0x06, 3, 0x55, 4, 3]
const O = [0x06, 3, 0x55, 4, 10]
/** One relative name for each list of attributes, the first one the outermost, as in a certificate. */
const name = (...relatives: (readonly number[])[][]) =>
  new Uint8Array(
    relatives.flatMap((relative) =>
      der(
        0x31,
        relative.flatMap((attribute) => der(0x30, attribute)),
      ),
    ),
  )

describe('a distinguished name of a certificate is written as RFC 4514 says', () => {
  it('with the last relative name first (§2.1), and several attributes of one joined by + (§2.2)', () => {
    const written = renderDistinguishedName(
      name(
        [[...O, ...der(UTF8, 'Example')]],
        [
          [...CN, ...der(UTF8, 'a')],
          [...O, ...der(UTF8, 'b')],
        ],
      ),
    )
    expect(written).toBe('CN=a+O=b,O=Example')
  })

  it('with every character escaped that has a meaning of its own (§2.4)', () => {
    const written = (value: string) => renderDistinguishedName(name([[...CN, ...der(UTF8, value)]]))
    expect(written('a,O=Admins')).toBe('CN=a\\,O=Admins')
    expect(written('a+b"c\\d<e>f;g')).toBe('CN=a\\+b\\"c\\\\d\\<e\\>f\\;g')
    expect(written(' a ')).toBe('CN=\\ a\\ ')
    expect(written('#a#')).toBe('CN=\\#a#')
    expect(written('Ünï')).toBe('CN=Ünï')
  })

  it('without anything that could start another line of a log or turn it around', () => {
    const written = renderDistinguishedName(name([[...CN, ...der(UTF8, 'a\nb\0c\u202ed\u2028')]]))
    expect(written).toBe('CN=a\\0ab\\00c\\e2\\80\\aed\\e2\\80\\a8')
  })

  it('with the type in dotted form where it has no short name, and octets where the value is no text', () => {
    expect(renderDistinguishedName(name([[...der(0x06, [0x2a, 0x86, 0x48]), ...der(UTF8, 'x')]]))).toBe(
      '1.2.840=x',
    )
    expect(renderDistinguishedName(name([[...CN, ...der(0x02, [5])]]))).toBe('CN=#020105')
  })

  it('empty for a certificate without a subject', () => {
    expect(renderDistinguishedName(new Uint8Array())).toBe('')
  })

  it.each([[[0x31]], [[0x31, 5, 0]], [[0x31, 0x80]], [[0x3f, 0, 0]], [[0x31, 0x84, 0xff, 0xff, 0xff, 0xff]]])(
    'and what is not DER is refused: %j',
    (octets) => {
      expect(() => renderDistinguishedName(new Uint8Array(octets))).toThrow(TypeError)
    },
  )
})

describe('names that a person wrote', () => {
  it.each([
    ['CN=a,O=b', 'cn = a , o= b'],
    ['CN=a,O=b', '2.5.4.3=a,2.5.4.10=b'],
    ['CN=a\\,b', 'CN=a\\2Cb'],
    ['CN=Ünï', 'CN=\\C3\\9Cn\\C3\\AF'],
    ['CN=a+OU=b', 'OU=b+CN=a'],
    ['CN=a\\ ', 'CN=a\\20'],
  ])('%s and %s are the same', (a, b) => {
    expect(same(a, b)).toBe(true)
  })

  it.each([
    ['CN=a,O=b', 'O=b,CN=a'],
    ['CN=a', 'CN=A'],
    ['CN=a', 'OU=a'],
    ['CN=a\\,O=b', 'CN=a,O=b'],
    ['CN=a', 'CN=a,O=b'],
    ['CN=a\\+OU=b', 'CN=a+OU=b'],
    ['CN=a\\ ', 'CN=a'],
  ])('%s and %s are not', (a, b) => {
    expect(same(a, b)).toBe(false)
  })

  it.each(['installer', '=a', 'CN', 'CN=a,', 'CN=a\\', 'CN=a\\zz', 'C N=a', 'CN=#0g'])(
    '%s is none',
    (text) => {
      expect(normalizeDistinguishedName(text)).toBeUndefined()
    },
  )

  it('of a certificate are found again, whatever is in them', () => {
    for (const value of ['a,O=b', ' #x ', 'a\\', '\n', 'Ünï', '+;<>"='])
      expect(
        normalizeDistinguishedName(renderDistinguishedName(name([[...CN, ...der(UTF8, value)]]))),
        JSON.stringify(value),
      ).toBeDefined()
  })
})

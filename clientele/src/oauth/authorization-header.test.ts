import { expect, it } from 'vitest'
import { parseAuthorization } from './authorization-header.ts'

it.each([undefined, null])('no header is no credentials: %s', (header) => {
  expect(parseAuthorization(header)).toStrictEqual({ kind: 'none' })
})

it.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('the scheme %s is Bearer (RFC 9110 §11.1)', (scheme) => {
  expect(parseAuthorization(`${scheme} a-token`)).toStrictEqual({ kind: 'bearer', token: 'a-token' })
})

it('a token has the characters of b64token (RFC 6750 §2.1)', () => {
  expect(parseAuthorization('Bearer AZaz09-._~+/==')).toMatchObject({ token: 'AZaz09-._~+/==' })
  expect(parseAuthorization('Bearer   a')).toMatchObject({ token: 'a' })
})

it.each([
  '',
  ' ',
  ' Bearer a',
  '=',
  'Bearer',
  'Bearer ',
  'Bearer\ta',
  'Bearer a b',
  'Bearer a ',
  'Bearer a, Bearer b',
  'Bearer "a"',
  'Bearer a=b',
  'Bearer =',
  'Bearer é',
  'Bearer a\n',
])('%j is malformed, never absent (RFC 6750 §3.1)', (header) => {
  expect(() => parseAuthorization(header)).toThrowError(
    expect.objectContaining({ code: 'invalid_request', reason: 'authorization.malformed', status: 400 }),
  )
})

it('another scheme is told apart by its lower-cased name', () => {
  expect(parseAuthorization('Basic dXNlcjpwYXNz')).toStrictEqual({
    kind: 'other',
    scheme: 'basic',
    value: 'dXNlcjpwYXNz',
  })
  expect(parseAuthorization('Bearera b')).toMatchObject({ kind: 'other', scheme: 'bearera' })
  expect(parseAuthorization('DPoP a')).toStrictEqual({ kind: 'other', scheme: 'dpop', value: 'a' })
})

it('the error never repeats the header', () => {
  expect(() => parseAuthorization('Bearer se cret')).toThrowError(/^(?!.*cret)/)
})

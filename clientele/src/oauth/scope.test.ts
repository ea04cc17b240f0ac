import { expect, it } from 'vitest'
import { parseScope } from './scope.ts'

it('scope values keep their order and stand once (RFC 6749 §3.3)', () => {
  expect(parseScope('openid email openid profile')).toStrictEqual(['openid', 'email', 'profile'])
})

it('more than one blank between values is tolerated', () => {
  expect(parseScope('  openid   email ')).toStrictEqual(['openid', 'email'])
})

it('nothing and blanks are no values', () => {
  expect(parseScope('')).toStrictEqual([])
  expect(parseScope('   ')).toStrictEqual([])
})

it('every character of RFC 6749 §3.3 is allowed, and no other', () => {
  const allowed = Array.from({ length: 0x110 }, (_, code) => code).filter(
    (code) => code === 0x21 || (code >= 0x23 && code <= 0x5b) || (code >= 0x5d && code <= 0x7e),
  )
  for (let code = 0; code < 0x110; code++) {
    if (code === 0x20) continue
    const value = `a${String.fromCharCode(code)}`
    expect(parseScope(value), value).toStrictEqual(allowed.includes(code) ? [value] : undefined)
  }
})

import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { compileGlob } from './glob.ts'

describe('a glob', () => {
  it.each([
    ['a.b', '.', 'a.b', true],
    ['a.b', '.', 'aXb', false],
    ['*.b', '.', 'a.b', true],
    ['*.b', '.', '.b', false],
    ['*.b', '.', 'a.a.b', false],
    ['**.b', '.', 'a.a.b', true],
    ['**.b', '.', 'b', false],
    ['a-*-*-c.b', '.', 'a-1-2-c.b', true],
    ['a-*-*-c.b', '.', 'a-1.2-c.b', false],
    ['*:read', ':', 'a:read', true],
    ['*:read', ':', 'a:b:read', false],
    ['*O=Acme*', '', 'CN=x,O=Acme', true],
    ['*', '', '', true],
    ['a*', '', 'a\nb', true],
    ['*a*', '', 'x\na\ny', true],
    ['(a|b)[c]$^+?', '', '(a|b)[c]$^+?', true],
    ['(a|b)*x*', '', 'ax', false],
  ])('%s with separator "%s" takes %j: %s', (source, separator, text, expected) => {
    expect(compileGlob(source, separator).matches(text)).toBe(expected)
  })

  it('is answered in time linear in a stranger’s text', () => {
    const glob = compileGlob('*a*a*a*a*a*a*a*a*b', ':')
    const started = performance.now()
    expect(glob.matches('a'.repeat(4096))).toBe(false)
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

test('several runs match what a pattern of the same meaning matches, in any text', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 12 })
  const glob = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 })
  fc.assert(
    fc.property(glob, text, (source, value) => {
      fc.pre(!source.includes('**'))
      const pattern = new RegExp(`^${source.replaceAll('*', '.*')}$`, 's')
      expect(compileGlob(source).matches(value)).toBe(pattern.test(value))
    }),
    { numRuns: 2000 },
  )
})

test('hundreds of globs with several runs take a fraction of a millisecond, over the longest text too', () => {
  const globs = Array.from({ length: 200 }, (_, i) => compileGlob(`*a*${i}*b*`))
  const text = 'a'.repeat(4000)
  const milliseconds = Math.min(
    ...Array.from({ length: 9 }, () => {
      const from = performance.now()
      expect(globs.some((glob) => glob.matches(text))).toBe(false)
      return performance.now() - from
    }),
  )
  expect(milliseconds).toBeLessThan(20)
})

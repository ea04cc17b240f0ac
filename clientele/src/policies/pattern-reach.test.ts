import { describe, expect, it } from 'vitest'
import { ANY_TEXT, canMatch, HTTPS_URL, type Kind, SCOPE_VALUE, WEB_URL } from './pattern-reach.ts'

describe('patterns that can match nothing are found, and no others', () => {
  const rows: readonly [pattern: string, kind: Kind, can: boolean][] = [
    ['[a-z]+', ANY_TEXT, true],
    ['(?i)acme .*', ANY_TEXT, true],
    ['^Acme$', ANY_TEXT, true],
    ['\\p{L}{1,40}', ANY_TEXT, true],
    ['(a|b)*c?', ANY_TEXT, true],
    ['\\bAcme\\b.*', ANY_TEXT, true],
    ['a$b', ANY_TEXT, false],
    ['a^b', ANY_TEXT, false],
    ['[^\\x00-\\x{10FFFF}]', ANY_TEXT, false],
    ['a\\bb', ANY_TEXT, false],
    ['a\\Bb', ANY_TEXT, true],
    ['a\\B-', ANY_TEXT, false],
    ['', ANY_TEXT, false],
    ['\\n+', ANY_TEXT, false],
    ['https://.*\\.example\\.com/.*', HTTPS_URL, true],
    ['.*\\.example\\.com', HTTPS_URL, true],
    ['example\\.com', HTTPS_URL, false],
    ['http://.*', HTTPS_URL, false],
    ['http://.*', WEB_URL, true],
    ['https?://.*', HTTPS_URL, true],
    ['HTTPS://.*', HTTPS_URL, false],
    ['(?i)HTTPS://.*', HTTPS_URL, true],
    ['https://', HTTPS_URL, false],
    ['https://exa mple.com', HTTPS_URL, false],
    ['^https://[a-z]+\\.acme\\.example(/.*)?$', HTTPS_URL, true],
    ['api:.*', SCOPE_VALUE, true],
    ['api .*', SCOPE_VALUE, false],
    ['"api"', SCOPE_VALUE, false],
  ]
  it.each(rows)('%s', (pattern, kind, can) => {
    expect(canMatch(pattern, kind)).toBe(can)
  })

  it('a pattern with hundreds of instructions is answered in time', () => {
    const started = performance.now()
    canMatch('(\\p{L}{1,100}[0-9]{1,100}){3}', ANY_TEXT)
    expect(performance.now() - started).toBeLessThan(5000)
  })
})

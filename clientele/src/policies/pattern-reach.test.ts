import { describe, expect, it } from 'vitest'
import { ANY_TEXT, HTTPS_URL, type Kind, SCOPE_VALUE, startEffort, WEB_URL } from './pattern-kinds.ts'
import { canMatch } from './pattern-reach.ts'

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
    expect(canMatch([pattern], kind)).toBe(can)
  })

  it.each<[left: string, right: string, can: boolean]>([
    ['a+', 'b+', false],
    ['a.*', '.*b', true],
    ['[A-M]+', '[N-Z]+', false],
    ['[A-M]+', '(?i)[n-z]*m', true],
    ['.{3}', '.{4}', false],
    ['(ab)*', '(abab)*', true],
    ['(ab)*', '(aba)*', false],
    ['(ab)+', 'b.*', false],
    ['\\bAcme', 'Acme\\B.', false],
    ['https://a\\.example/.*', 'https://b\\.example/.*', false],
  ])('%s and %s together', (left, right, can) => {
    expect(canMatch([left, right])).toBe(can)
    expect(canMatch([right, left])).toBe(can)
  })

  it('all patterns of a policy share one effort, so that no policy holds up the server', () => {
    const effort = startEffort()
    const started = performance.now()
    const dear = '[\\pL\\pN\\pP\\pS]{900}x$y'
    for (let turn = 0; turn < 20; turn++) expect(canMatch([dear], ANY_TEXT, effort)).toBe(true)
    expect(effort.left).toBeLessThanOrEqual(0)
    expect(canMatch(['a$b'], ANY_TEXT, effort)).toBe(true)
    expect(performance.now() - started).toBeLessThan(3000)
  })

  it('a usual pattern with hundreds of instructions is judged and not given up', () => {
    const effort = startEffort()
    expect(canMatch(['(\\p{L}{1,60} ){2}x$y'], ANY_TEXT, effort)).toBe(false)
    expect(effort.left).toBeGreaterThan(0)
  })
})

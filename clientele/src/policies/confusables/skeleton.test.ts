import { describe, expect, it } from 'vitest'
import { CONFUSABLES_DATA } from './confusables-data.ts'
import { keepsToOneScript } from './scripts.ts'
import { skeletonOf } from './skeleton.ts'

describe('the skeleton of a text (UTS 39 §4)', () => {
  it.each([
    ['paypal', 'paypal'],
    ['раураl', 'paypal'],
    ['paypaI', 'paypal'],
    ['pay\u200bpal', 'paypal'],
    ['m', 'rn'],
    ['0', 'O'],
    ['é', 'e\u0301'],
    ['ℝ𝓊𝓈𝓉', 'Rust'],
    ['予定', '予定'],
    ['', ''],
  ])('of %j is %j', (text, skeleton) => {
    expect(skeletonOf(text)).toBe(skeleton)
  })

  it('has no further skeleton', () => {
    for (const text of ['Grnail', 'раураl', '𝓊', 'ﷺ', 'ﬃ', '½']) {
      expect(skeletonOf(skeletonOf(text))).toBe(skeletonOf(text))
    }
  })

  it('knows every row of the data that it was made from', () => {
    expect(CONFUSABLES_DATA.trim().split(/\s/)).toHaveLength(6565)
  })
})

it.each([
  ['My App 2.0', true],
  ['Приложение', true],
  ['NTTの予定表', true],
  ['카카오 Talk', true],
  ['한국어ひらがな', false],
  ['Приложениe', false],
  ['αpp', false],
  ['123 ✅', true],
])('%j keeps to one script (UTS 39 §5.2): %s', (name, expected) => {
  expect(keepsToOneScript(name)).toBe(expected)
})

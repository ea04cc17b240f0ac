import fc from 'fast-check'
import { expect, test } from 'vitest'
import { displayText } from './display-text.ts'

test('bidirectional overrides and characters that nobody sees are taken out', () => {
  expect(displayText('Bank\u202e \u2066knaB\u200b\ufeff')).toBe('Bank knaB')
})

test('line breaks, tabs and control characters become one space', () => {
  expect(displayText('  a\r\n\t b\u0000c  ')).toBe('a b c')
})

test('a name of 5 kB is cut to one line, with a sign that it was', () => {
  const shown = displayText('x'.repeat(5000))
  expect(shown).toHaveLength(60)
  expect(shown.endsWith('…')).toBe(true)
})

test('marks cannot be piled up over the lines around', () => {
  expect(displayText(`a${'\u0301'.repeat(50)}`)).toBe('a\u0301\u0301')
})

test('names in any script stay as they are', () => {
  for (const name of ['Überblick', '日本語の名前', 'مرحبا', 'Zoë’s app 2.0'])
    expect(displayText(name)).toBe(name)
})

test('whatever is shown is short, in one line and without format characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (text) => {
      const shown = displayText(text, 40)
      expect([...new Intl.Segmenter('en').segment(shown)].length).toBeLessThanOrEqual(40)
      expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\n]/u)
    }),
  )
})

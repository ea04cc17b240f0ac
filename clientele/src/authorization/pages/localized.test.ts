import { expect, test } from 'vitest'
import { findLocalized } from './localized.ts'

const metadata = {
  client_name: 'Plain',
  'client_name#de': 'Deutsch',
  'client_name#ja-Jpan-JP': '日本',
  'client_name#pt-BR': 'Brasil',
}

test.each([
  [undefined, 'Plain', undefined],
  ['fr', 'Plain', undefined],
  ['de', 'Deutsch', 'de'],
  ['de-AT', 'Deutsch', 'de'],
  ['DE', 'Deutsch', 'de'],
  ['ja-Jpan-JP', '日本', 'ja-Jpan-JP'],
  ['pt', 'Plain', undefined],
  ['fr, pt-BR;q=0.8, de;q=0.9', 'Deutsch', 'de'],
  ['de;q=0, pt-br', 'Brasil', 'pt-BR'],
  ['*;q=0.1, ;;, de;q=2', 'Plain', undefined],
])('Accept-Language %s shows %s (RFC 7591 §2.2, RFC 4647 §3.4)', (header, text, language) => {
  expect(findLocalized(metadata, 'client_name', header)).toEqual(
    language === undefined ? { text } : { text, language },
  )
})

test('a member that is absent or empty in every language is not found', () => {
  expect(findLocalized({ client_name: '' }, 'client_name', 'de')).toBeUndefined()
})

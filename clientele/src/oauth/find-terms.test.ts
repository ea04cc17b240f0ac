import { expect, it } from 'vitest'
import { findTerms } from './find-terms.ts'
import type { MetadataField } from './metadata-fields.ts'

const field = (name: string, searchable?: true): readonly [string, MetadataField] => [
  name,
  {
    name,
    shape: 'json',
    support: 'kept',
    source: 'x',
    summary: 'x.',
    custom: true,
    ...(searchable ? { searchable } : {}),
  },
]
const FIELDS = new Map([field('tier', true), field('tags', true), field('notes')])

it('texts, numbers, booleans and such elements of lists are terms, each once', () => {
  expect(findTerms({ tier: 'gold' }, FIELDS)).toStrictEqual(['tier=gold'])
  expect(findTerms({ tier: 3, tags: ['a', 'b', 'a', true, { c: 1 }, null] }, FIELDS)).toStrictEqual([
    'tier=3',
    'tags=a',
    'tags=b',
    'tags=true',
  ])
})

it('objects, absent members, long values and members that are not searchable are none', () => {
  expect(findTerms({ tier: { a: 1 }, notes: 'secret' }, FIELDS)).toStrictEqual([])
  expect(findTerms({ tier: 'x'.repeat(251) }, FIELDS)).toStrictEqual([`tier=${'x'.repeat(251)}`])
  expect(findTerms({ tier: 'x'.repeat(252) }, FIELDS)).toStrictEqual([])
})

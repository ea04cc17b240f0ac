import { describe, expect, it } from 'vitest'
import { findUnreachable } from './check-policies.ts'
import type { Conditions } from './conditions.ts'

/** Whether the second policy can never take a request by itself. */
const rows: readonly [
  name: string,
  first: Conditions | undefined,
  second: Conditions | undefined,
  isHidden: boolean,
][] = [
  ['the first takes everything', {}, { gates: ['open'] }, true],
  ['the same conditions', { gates: ['open'] }, { gates: ['open'] }, true],
  ['more gates in the first', { gates: ['open', 'api_key'] }, { gates: ['api_key'] }, true],
  ['fewer gates in the first', { gates: ['api_key'] }, { gates: ['open', 'api_key'] }, false],
  [
    'a further condition in the second',
    { gates: ['open'] },
    { gates: ['open'], networks: ['10.0.0.0/8'] },
    true,
  ],
  [
    'a further condition in the first',
    { gates: ['open'], networks: ['10.0.0.0/8'] },
    { gates: ['open'] },
    false,
  ],
  ['a wider glob in the first', { callers: ['api_key:*'] }, { callers: ['api_key:01*'] }, true],
  ['a narrower glob in the first', { callers: ['api_key:01*'] }, { callers: ['api_key:*'] }, false],
  ['a glob that asks for a character', { callers: ['a**'] }, { callers: ['a*'] }, false],
  [
    'more claims in the second',
    { claims: [{ claim: 't', equals: 'a' }] },
    {
      claims: [
        { claim: 'u', equals: 1 },
        { claim: 't', equals: 'a' },
      ],
    },
    true,
  ],
  [
    'another claim',
    { claims: [{ claim: 't', equals: 'a' }] },
    { claims: [{ claim: 't', equals: 'b' }] },
    false,
  ],
  ['no conditions in the first: it takes nothing by itself', undefined, { gates: ['open'] }, false],
  ['no conditions in the second: it is there to be named', {}, undefined, false],
]

describe('a policy that can never be chosen by its conditions is found', () => {
  it.each(rows)('%s', (_name, first, second, isHidden) => {
    const policy = (name: string, when: Conditions | undefined) => ({
      name,
      ...(when === undefined ? {} : { when }),
    })
    const found = findUnreachable([policy('first', first), policy('second', second)])
    expect([...found.keys()]).toEqual(isHidden ? ['second'] : [])
  })
})

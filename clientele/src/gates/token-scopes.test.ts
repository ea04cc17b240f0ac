import { expect, it } from 'vitest'
import { scopesOf } from './token-scopes.ts'

it.each([
  [{ scope: 'a  b' }, ['a', 'b']],
  [{ scp: ['a', 'b'] }, ['a', 'b']],
  [{ scp: 'a b' }, ['a', 'b']],
  [{ scope: 'a', scp: 'b' }, ['a']],
  [{ scope: ['a', 7] }, ['a']],
  [{ scope: 7 }, []],
  [{ scope: { a: 1 } }, []],
  [{}, []],
])('the scope of %j is %j (RFC 9068 §2.2.3)', (claims, scopes) => {
  expect(scopesOf(claims as never)).toEqual(scopes)
})

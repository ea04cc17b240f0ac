import { expect, it } from 'vitest'
import { findNearest } from './nearest.ts'

it.each([
  ['server.prt', 'server.port'],
  ['SERVER.PORT', 'server.port'],
  ['srever.port', 'server.port'],
])('%s was meant to be %s', (typed, meant) => {
  expect(findNearest(typed, ['server.host', 'server.port', 'log.level'])).toBe(meant)
})

it('what resembles nothing has no nearest', () => {
  expect(findNearest('zzzzzz', ['server.host', 'server.port'])).toBeUndefined()
  expect(findNearest('x', [])).toBeUndefined()
})

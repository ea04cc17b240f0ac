import { expect, it } from 'vitest'
import { StoreUnavailable } from '../stores/store.ts'
import { createFaultLog } from './fault-log.ts'

function setUp() {
  const lines: unknown[] = []
  const time = { now: 5000 }
  const log = { error: (facts: object, message: string) => lines.push({ message, ...facts }) }
  return { lines, time, report: createFaultLog(log, { milliseconds: () => time.now }) }
}

it('a store that is away is one line a second, which counts the requests that it failed since the one before', () => {
  const { lines, time, report } = setUp()
  const error = new StoreUnavailable('full')
  for (let request = 0; request < 5; request++) report(error, 'unexpected error', { request_id: request })
  const message = 'the store is unavailable'
  expect(lines).toEqual([{ message, error, request_id: 0 }])
  time.now += 1000
  report(error, 'unexpected error', { request_id: 5 })
  expect(lines.slice(1)).toEqual([{ message, error, request_id: 5, unsaid: 4 }])
})

it('every other fault is a line of its own', () => {
  const { lines, report } = setUp()
  const error = new Error('a defect')
  report(error, 'unexpected error')
  report(error, 'unexpected error of a page', { request_id: 'a.1' })
  expect(lines).toEqual([
    { message: 'unexpected error', error },
    { message: 'unexpected error of a page', error, request_id: 'a.1' },
  ])
})

import { expect, it } from 'vitest'
import { OutboundFetchError } from '../runtime/outbound-fetch.ts'
import { createKeysLog } from './keys-log.ts'

function setUp() {
  const clock = { now: 0, milliseconds: () => clock.now }
  const lines: [object, string][] = []
  const log = { warn: (facts: object, message: string) => void lines.push([facts, message]) }
  return { clock, lines, report: createKeysLog('https://issuer.example', { log, clock }) }
}

it('names the issuer and the innermost cause of keys that cannot be fetched', () => {
  const { clock, lines, report } = setUp()
  const refused = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })
  for (const cause of [
    new Error('the answer has status 404'),
    new OutboundFetchError(new TypeError('fetch failed', { cause: new Error('not public') })),
    new OutboundFetchError(refused),
  ]) {
    report(cause)
    clock.now += 60_000
  }
  const message = 'the keys of a trusted issuer cannot be fetched'
  expect(lines).toEqual(
    ['the answer has status 404', 'not public', 'ECONNREFUSED'].map((cause) => [
      { issuer: 'https://issuer.example', cause },
      message,
    ]),
  )
})

it('says it at most once a minute', () => {
  const { clock, lines, report } = setUp()
  for (; clock.now < 180_000; clock.now += 1000) report(new Error('down'))
  expect(lines).toHaveLength(3)
})

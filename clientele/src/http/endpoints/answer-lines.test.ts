import { expect, it } from 'vitest'
import { answerLines } from './answer-lines.ts'

/** Counts what was made, and notes when nobody wants more. */
function startWork(most = Number.POSITIVE_INFINITY) {
  const state = { made: 0, isOver: false }
  async function* make(): AsyncGenerator<{ readonly number: number }> {
    try {
      while (state.made < most) yield { number: ++state.made }
    } finally {
      state.isOver = true
    }
  }
  return { state, news: make() }
}

it('answers one JSON object a line, which no cache and no proxy holds back', async () => {
  const response = answerLines(startWork(3).news, ({ number }) => ({ n: number }))
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/x-ndjson',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  expect(await response.text()).toBe('{"n":1}\n{"n":2}\n{"n":3}\n')
})

it('waits for a reader who is slow', async () => {
  const work = startWork()
  const reader = answerLines(work.news, (each) => each).body!.getReader()
  await reader.read()
  await reader.read()
  await new Promise(setImmediate)
  expect(work.state.made).toBeLessThanOrEqual(3)
  expect(work.state.isOver).toBe(false)
  await reader.cancel()
})

it('ends the work when the reader goes away', async () => {
  const work = startWork()
  const reader = answerLines(work.news, (each) => each).body!.getReader()
  await reader.read()
  await reader.cancel()
  expect(work.state.isOver).toBe(true)
})

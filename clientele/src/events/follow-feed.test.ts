import { beforeEach, describe, expect, it } from 'vitest'
import { createMemoryStore } from '../stores/memory.ts'
import { type FeedEntry, type Store, StoreUnavailable } from '../stores/store.ts'
import { createManualEventLoop, type ManualEventLoop } from '../testing/manual-event-loop.ts'
import { sampleAudit } from '../testing/store-samples.ts'
import { DeliveryRefused } from './delivery-refused.ts'
import { STANDARD_PAUSES } from './failures.ts'
import { type Follower, followFeed } from './follow-feed.ts'

let store: Store
let loop: ManualEventLoop
let now: number
let lines: string[]
const clock = { milliseconds: () => now }
const note = (level: string) => (_facts: object, message: string) => void lines.push(`${level}: ${message}`)
const log = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }

beforeEach(() => {
  store = createMemoryStore()
  loop = createManualEventLoop()
  now = 1_000_000
  lines = []
})

function follow(deliver: Follower['deliver'], more: Partial<Follower> = {}, holder = 'a') {
  const follower: Follower = { name: 'f', begins: 'at_first', wants: () => true, deliver, ...more }
  return followFeed(follower, { store, clock, eventLoop: loop, log, holder })
}
const happen = (...subjects: string[]) =>
  Promise.all(subjects.map((subject) => store.appendAudit(sampleAudit(subject, 'client.updated'))))
async function pass(milliseconds: number) {
  for (let left = milliseconds; left >= 0; left -= 500) {
    const step = Math.min(left, 500)
    now += step
    loop.pass(step)
    for (let turn = 0; turn < 60; turn++) await new Promise((resolve) => setImmediate(resolve))
    if (left === 0) break
  }
}
function recorder(fails: (subject: string) => unknown = () => undefined) {
  const had: string[] = []
  const deliver = async ({ record }: FeedEntry) => {
    had.push(record.subject)
    const failure = fails(record.subject)
    if (failure) throw failure
  }
  return { had, deliver }
}

describe('following the feed', () => {
  it('tells of everything in order, each once, more than a part of it and what comes later', async () => {
    const { had, deliver } = recorder()
    const many = Array.from({ length: 230 }, (_, index) => `s${index}`)
    await happen(...many)
    const stop = follow(deliver)
    await pass(1000)
    expect(had).toEqual(many)
    await happen('later')
    await pass(500)
    expect(had.slice(230)).toEqual(['later'])
    await stop()
  })

  it('goes on where it was after a restart, and begins anew under another name', async () => {
    const first = recorder()
    await happen('one', 'two')
    const stop = follow(first.deliver)
    await pass(500)
    await stop()
    await happen('three')
    const second = recorder()
    const stopSecond = follow(second.deliver, {}, 'b')
    await pass(500)
    await stopSecond()
    expect([first.had, second.had]).toEqual([['one', 'two'], ['three']])
    const other = recorder()
    const stopOther = follow(other.deliver, { name: 'other' })
    await pass(500)
    await stopOther()
    expect(other.had).toEqual(['one', 'two', 'three'])
  })

  it('begins with what comes, where it was told so', async () => {
    const { had, deliver } = recorder()
    await happen('before')
    const stop = follow(deliver, { begins: 'now' })
    await pass(500)
    await happen('after')
    await pass(1000)
    expect(had).toEqual(['after'])
    await stop()
  })

  it('passes over what is not wanted, and does not come back to it', async () => {
    const { had, deliver } = recorder()
    await happen('no', 'yes', 'no')
    const stop = follow(deliver, { wants: ({ subject }) => subject === 'yes' })
    await pass(1000)
    expect(had).toEqual(['yes'])
    expect(await store.findCursor('f')).toBe(await store.findAuditEnd())
    await stop()
  })

  it('a failure holds back what is behind it, and it is tried again at growing distances', async () => {
    let isDown = true
    const { had, deliver } = recorder((subject) =>
      isDown && subject === 'two' ? new Error('down') : undefined,
    )
    await happen('one', 'two', 'three')
    const stop = follow(deliver)
    await pass(20_000)
    const tries = had.filter((subject) => subject === 'two').length
    expect(tries).toBeGreaterThanOrEqual(4)
    expect(tries).toBeLessThanOrEqual(6)
    expect(had).not.toContain('three')
    isDown = false
    await pass(20_000)
    expect(had.slice(-2)).toEqual(['two', 'three'])
    expect(had.filter((subject) => subject === 'one').length).toBe(1)
    expect(lines).toEqual([
      'warn: an event could not be delivered; it is tried again',
      'info: events are delivered again',
    ])
    await stop()
  })

  it('after an hour of failures it is reported once, and it stays resumable', async () => {
    let isDown = true
    const { had, deliver } = recorder(() => (isDown ? new Error('down') : undefined))
    await happen('one')
    const stop = follow(deliver)
    await pass(3 * 3_600_000)
    expect(lines.filter((line) => line.startsWith('error')).length).toBe(1)
    // At most each five minutes at the end, less a fifth.
    expect(had.length).toBeLessThan(60)
    isDown = false
    await pass(300_000)
    expect(lines.at(-1)).toBe('info: events are delivered again')
    await stop()
  }, 60_000)

  it('waits as long as the receiver asks it to', async () => {
    const { had, deliver } = recorder(() => new DeliveryRefused(503, '60'))
    await happen('one')
    const stop = follow(deliver)
    await pass(59_000)
    expect(had.length).toBe(1)
    await pass(2_000)
    expect(had.length).toBe(2)
    await stop()
  })

  it('is done by one instance at a time, and the next goes on when the first stops or dies', async () => {
    const [a, b] = [recorder(), recorder()]
    const stopA = follow(a.deliver, {}, 'a')
    await pass(500)
    const stopB = follow(b.deliver, {}, 'b')
    await happen('one')
    await pass(1000)
    expect([a.had, b.had]).toEqual([['one'], []])
    await stopA()
    await happen('two')
    await pass(6000)
    expect([a.had, b.had]).toEqual([['one'], ['two']])
    await stopB()
  })

  it('one that fails holds up nobody else', async () => {
    const dead = recorder(() => new Error('down'))
    const alive = recorder()
    await happen('one', 'two')
    const stops = [follow(dead.deliver, { name: 'dead' }), follow(alive.deliver, { name: 'alive' })]
    await pass(1000)
    expect(alive.had).toEqual(['one', 'two'])
    await Promise.all(stops.map((stop) => stop()))
  })

  it('a store that is away is not the receiver’s failure', async () => {
    const { had, deliver } = recorder()
    await happen('one')
    const { listAuditAfter } = store
    store.listAuditAfter = async () => {
      throw new StoreUnavailable(new Error('away'))
    }
    const stop = follow(deliver)
    await pass(5000)
    expect([had, lines]).toEqual([[], []])
    store.listAuditAfter = listAuditAfter
    await pass(2500)
    expect(had).toEqual(['one'])
    await stop()
  })

  it('gives a delivery up when it stops', async () => {
    await happen('one')
    let aborted = false
    const stop = follow((_entry, signal) => {
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted = true
          reject(signal.reason)
        })
      })
    })
    await pass(500)
    await stop()
    expect([aborted, lines]).toEqual([true, []])
    expect(await store.findCursor('f')).toBeUndefined()
  })

  describe('where one subject need not wait for another', () => {
    const bySubject = { maySetAside: true }

    it('one that fails is set aside after some tries, reported, and tried again until it is taken', async () => {
      let isBad = true
      const { had, deliver } = recorder((subject) =>
        isBad && subject === 'bad' ? new Error('500') : undefined,
      )
      await happen('one', 'bad', 'two', 'three')
      const stop = follow(deliver, bySubject)
      await pass(10_000)
      expect(had.filter((subject) => subject !== 'bad')).toEqual(['one', 'two', 'three'])
      expect(lines).toContain('warn: an event is set aside, so that others go on; it is tried again')
      await happen('four')
      await pass(1_000)
      expect(had).toContain('four')
      isBad = false
      await pass(60_000)
      expect(had.at(-1)).toBe('bad')
      expect(await store.findCursor('f')).toBe(await store.findAuditEnd())
      const tries = had.length
      await pass(60_000)
      expect(had.length).toBe(tries)
      await stop()
    })

    it('many that fail hold up nobody either', async () => {
      const { had, deliver } = recorder((subject) =>
        subject.startsWith('bad') ? new Error('500') : undefined,
      )
      await happen(...Array.from({ length: 50 }, (_, index) => `bad${index}`), 'good')
      const stop = follow(deliver, bySubject)
      await pass(60_000)
      expect(had).toContain('good')
      await stop()
    })

    it('the cursor stays before it, so that a restart comes by again, and nothing is left out', async () => {
      const before = recorder((subject) => (subject === 'bad' ? new Error('500') : undefined))
      await happen('one', 'bad', 'two')
      const stop = follow(before.deliver, bySubject)
      await pass(10_000)
      expect(before.had).toContain('two')
      await stop()
      const after = recorder()
      const stopAgain = follow(after.deliver, bySubject, 'b')
      await pass(2_000)
      expect(after.had).toEqual(['bad', 'two'])
      expect(await store.findCursor('f')).toBe(await store.findAuditEnd())
      await stopAgain()
    })

    it('all come when a receiver that was away is back, each within the longest pause', async () => {
      let isDown = true
      const { had, deliver } = recorder(() => (isDown ? new Error('down') : undefined))
      await happen('one', 'two', 'three')
      const stop = follow(deliver, bySubject)
      await pass(20 * 60_000)
      had.length = 0
      isDown = false
      await pass(5 * 60_000)
      expect([...had].sort()).toEqual(['one', 'three', 'two'])
      expect(await store.findCursor('f')).toBe(await store.findAuditEnd())
      await stop()
    }, 60_000)

    it('nothing is given up because the receiver is away, however long', async () => {
      let isDown = true
      const { had, deliver } = recorder(() => (isDown ? new Error('down') : undefined))
      await happen('one', 'two')
      const pauses = { ...STANDARD_PAUSES, idle: 60_000, notLeading: 60_000, givenUp: 10 * 60_000 }
      const follower = { name: 'f', begins: 'at_first', wants: () => true, deliver, ...bySubject } as const
      const stop = followFeed(follower, { store, clock, eventLoop: loop, log, holder: 'a', pauses })
      await pass(60 * 60_000)
      isDown = false
      had.length = 0
      await pass(10 * 60_000)
      expect([...had].sort()).toEqual(['one', 'two'])
      await stop()
    }, 60_000)

    it('one that fails for a day while others are taken is given up, as an error', async () => {
      const { deliver } = recorder((subject) => (subject === 'bad' ? new Error('500') : undefined))
      await happen('bad', 'one')
      const pauses = { ...STANDARD_PAUSES, idle: 60_000, notLeading: 60_000, givenUp: 30 * 60_000 }
      const follower = { name: 'f', begins: 'at_first', wants: () => true, deliver, ...bySubject } as const
      const stop = followFeed(follower, { store, clock, eventLoop: loop, log, holder: 'a', pauses })
      await pass(60 * 60_000)
      expect(lines.filter((line) => line.startsWith('error'))).toEqual([
        'error: an event that was set aside is given up: what it tells of must be mended by hand',
      ])
      expect(await store.findCursor('f')).toBe(await store.findAuditEnd())
      await stop()
    }, 60_000)
  })
})

import type { Database } from 'better-sqlite3'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createManualEventLoop, type ManualEventLoop } from '../../testing/manual-event-loop.ts'
import { createTemporaryFolder } from '../../testing/temporary-folder.ts'
import { FAILURE_MILLISECONDS } from '../last-write.ts'
import { StoreUnavailable } from '../store.ts'
import { createGroupCommit, type GroupCommit, MAX_OPERATIONS_PER_COMMIT } from './group-commit.ts'
import { openDatabase } from './open-database.ts'

const folder = createTemporaryFolder()
afterAll(folder.remove)

let database: Database
let loop: ManualEventLoop
let commits: number
let commit: GroupCommit

beforeEach(async () => {
  database = await openDatabase(folder.newFile('commit.db'))
  database.exec('CREATE TABLE parents (id INTEGER PRIMARY KEY) STRICT')
  database.exec(
    `CREATE TABLE items (id INTEGER PRIMARY KEY, content ANY NOT NULL,
       parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED) STRICT`,
  )
  loop = createManualEventLoop()
  commits = 0
  commit = createGroupCommit(database, loop, () => commits++)
})
afterEach(() => database.close())

const insert = (id: number, content: unknown = 'x', parent: number | null = null) =>
  database.prepare('INSERT INTO items (id, content, parent) VALUES (?, ?, ?)').run(id, content, parent)
    .changes
const write = (id: number, content?: unknown, parent?: number) =>
  commit.write(() => insert(id, content, parent))
const items = () => database.prepare('SELECT id FROM items ORDER BY id').pluck().all()
const outcomes = async (writes: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(writes)).map((outcome) =>
    outcome.status === 'fulfilled' ? 'written' : (outcome.reason as Error).name,
  )

describe('group commit', () => {
  it('commits everything that arrived in a turn once, at the end of the turn', async () => {
    const writes = [write(1), write(2), write(3)]
    expect(items()).toEqual([])
    loop.endTurn()
    expect(commits).toBe(1)
    expect(items()).toEqual([1, 2, 3])
    expect(await Promise.all(writes)).toEqual([1, 1, 1])
  })

  it('answers nobody before the commit', async () => {
    const answered: string[] = []
    const first = write(1).then(() => answered.push(`after ${commits} commits`))
    const second = write(2).then(() => answered.push(`after ${commits} commits`))
    await new Promise(setImmediate)
    expect(answered).toEqual([])
    loop.endTurn()
    await Promise.all([first, second])
    expect(answered).toEqual(['after 1 commits', 'after 1 commits'])
  })

  it('runs operations in the order of their arrival, each seeing those before it', async () => {
    const seen = [1, 2, 3].map((id) =>
      commit.write(() => {
        const before = items()
        insert(id)
        return before
      }),
    )
    loop.endTurn()
    expect(await Promise.all(seen)).toEqual([[], [1], [1, 2]])
  })

  it('rejects everyone with StoreUnavailable and keeps nothing when the disk is full, and works again when it is not', async () => {
    const pages = database.pragma('page_count', { simple: true }) as number
    database.pragma(`max_page_count = ${pages + 2}`)
    const writes = [write(1), write(2, 'x'.repeat(50_000)), write(3)]
    loop.endTurn()
    expect(await outcomes(writes)).toEqual(Array(3).fill('StoreUnavailable'))
    expect([items(), commits, database.inTransaction]).toEqual([[], 0, false])
    database.pragma('max_page_count = 1000000')
    const again = write(4)
    loop.endTurn()
    expect([await again, items()]).toEqual([1, [4]])
  })

  it('refuses probes while the last write failed, also where a probe would fit, until one works or it is long ago', async () => {
    const probe = async () => {
      const probed = commit.probe(() => insert(items().length + 100))
      loop.endTurn()
      return (await outcomes([probed]))[0]
    }
    const fail = async () => {
      const pages = database.pragma('page_count', { simple: true }) as number
      database.pragma(`max_page_count = ${pages + 2}`)
      const failed = write(1, 'x'.repeat(50_000))
      loop.endTurn()
      expect(await outcomes([failed])).toEqual(['StoreUnavailable'])
    }
    expect(await probe()).toBe('written')
    await fail()
    expect(await probe()).toBe('StoreUnavailable')
    const small = write(2)
    loop.endTurn()
    await small
    expect(await probe()).toBe('written')
    await fail()
    loop.pass(FAILURE_MILLISECONDS - 1)
    expect(await probe()).toBe('StoreUnavailable')
    loop.pass(1)
    expect(await probe()).toBe('written')
  })

  it('a failed probe and a defect say nothing about the next probe', async () => {
    database.pragma('query_only = ON')
    const probed = commit.probe(() => insert(1))
    loop.endTurn()
    expect(await outcomes([probed])).toEqual(['StoreUnavailable'])
    database.pragma('query_only = OFF')
    const defect = write(2, null)
    loop.endTurn()
    expect(await outcomes([defect])).toEqual(['SqliteError'])
    const again = commit.probe(() => insert(3))
    loop.endTurn()
    expect(await outcomes([again])).toEqual(['written'])
  })

  it('rejects everyone with StoreUnavailable when the database cannot be written at all', async () => {
    database.pragma('query_only = ON')
    const writes = [write(1), write(2)]
    loop.endTurn()
    const [outcome] = await Promise.allSettled(writes)
    expect(outcome).toMatchObject({
      reason: { name: 'StoreUnavailable', cause: { code: 'SQLITE_READONLY' } },
    })
    database.pragma('query_only = OFF')
    expect(items()).toEqual([])
  })

  it('lets a defect fail alone: those who arrived with it are written', async () => {
    const thrown = commit.write(() => {
      insert(3)
      throw new TypeError('a defect after a write')
    })
    const writes = [write(1), write(2, null), thrown, write(1), write(4)]
    loop.endTurn()
    expect(await outcomes(writes)).toEqual(['written', 'SqliteError', 'TypeError', 'SqliteError', 'written'])
    expect(items()).toEqual([1, 4])
  })

  it('undoes a transaction whose commit itself fails', async () => {
    const writes = [write(1, 'x', 99), write(2)]
    loop.endTurn()
    expect(await outcomes(writes)).toEqual(['SqliteError', 'written'])
    expect([items(), database.inTransaction]).toEqual([[2], false])
  })

  it('leaves what is too much for one commit to the next turns, in order', async () => {
    const count = 2 * MAX_OPERATIONS_PER_COMMIT + 1
    const writes = Array.from({ length: count }, (_, id) => write(id))
    loop.endTurn()
    expect([commits, items().length]).toEqual([1, MAX_OPERATIONS_PER_COMMIT])
    const late = write(count)
    loop.endTurn()
    loop.endTurn()
    expect([commits, items().length]).toEqual([3, count + 1])
    await Promise.all([...writes, late])
  })

  it('finishes what was accepted, in as many commits as that takes, and then takes nothing', async () => {
    const writes = Array.from({ length: MAX_OPERATIONS_PER_COMMIT + 1 }, (_, id) => write(id))
    commit.finish()
    expect([commits, items().length]).toEqual([2, writes.length])
    await Promise.all(writes)
    await expect(write(1000)).rejects.toThrow(StoreUnavailable)
    loop.endTurn()
    loop.endTurn()
    expect(commits).toBe(2)
  })
})

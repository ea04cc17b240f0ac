import { statSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createManualEventLoop, type ManualEventLoop } from '../../testing/manual-event-loop.ts'
import { createTemporaryFolder } from '../../testing/temporary-folder.ts'
import { type Checkpoints, createCheckpoints } from './checkpoints.ts'
import { openDatabase } from './open-database.ts'

const folder = createTemporaryFolder()
afterAll(folder.remove)

let file: string
let database: Database
let loop: ManualEventLoop
let checkpoints: Checkpoints

beforeEach(async () => {
  file = folder.newFile('checkpoints.db')
  database = await openDatabase(file)
  database.exec('CREATE TABLE items (content TEXT) STRICT')
  loop = createManualEventLoop()
  checkpoints = createCheckpoints(database, loop)
})
afterEach(() => database.close())

const CONTENT = 100_000
function commit(): void {
  database.prepare('INSERT INTO items VALUES (?)').run('x'.repeat(CONTENT))
  checkpoints.committed()
}
const isCheckpointed = () => statSync(file).size > CONTENT

describe('checkpoints', () => {
  it('happen once nobody has committed for a while', () => {
    commit()
    loop.pass(249)
    expect(isCheckpointed()).toBe(false)
    loop.pass(1)
    expect(isCheckpointed()).toBe(true)
  })

  it('wait while commits go on, and come when they end', () => {
    for (let times = 0; times < 50; times++) {
      commit()
      loop.pass(100)
    }
    expect(isCheckpointed()).toBe(false)
    loop.pass(500)
    expect(isCheckpointed()).toBe(true)
  })

  it('plan nothing when nothing was committed, and nothing once stopped', () => {
    loop.pass(10_000)
    expect(isCheckpointed()).toBe(false)
    commit()
    checkpoints.stop()
    loop.pass(10_000)
    expect(isCheckpointed()).toBe(false)
  })
})

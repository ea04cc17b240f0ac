import type { Database } from 'better-sqlite3'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sha256 } from '../../runtime/cryptography.ts'
import { createTemporaryFolder } from '../../testing/temporary-folder.ts'
import { type Migration, migrate } from './migrate.ts'
import { migrations } from './migrations.ts'
import { openDatabase } from './open-database.ts'

const folder = createTemporaryFolder()
afterAll(folder.remove)

let database: Database
beforeEach(async () => {
  database = await openDatabase(folder.newFile('migrate.db'))
})
afterEach(() => database.close())

const first: Migration = { number: 1, name: 'first', sql: 'CREATE TABLE a (x INTEGER) STRICT' }
const second: Migration = {
  number: 2,
  name: 'second',
  sql: 'CREATE TABLE b (x INTEGER) STRICT; INSERT INTO a VALUES (1)',
}
const applied = () =>
  database.prepare('SELECT number, name, checksum, applied_at FROM migrations').raw().all()

describe('schema migrations', () => {
  it('run in order and are recorded with their SHA-256', () => {
    migrate(database, [first, second], 1000)
    expect(applied()).toEqual([
      [1, 'first', sha256(first.sql), 1000],
      [2, 'second', sha256(second.sql), 1000],
    ])
    expect(database.prepare('SELECT x FROM a').pluck().all()).toEqual([1])
  })

  it('run once each, however often the server starts', () => {
    migrate(database, [first], 1000)
    migrate(database, [first, second], 2000)
    migrate(database, [first, second], 3000)
    expect(applied().map((row) => (row as unknown[])[3])).toEqual([1000, 2000])
    expect(database.prepare('SELECT x FROM a').pluck().all()).toEqual([1])
  })

  it('leave nothing behind when a step fails, and keep the steps before it', () => {
    const broken = {
      number: 2,
      name: 'broken',
      sql: 'CREATE TABLE b (x INTEGER); INSERT INTO nowhere VALUES (1)',
    }
    expect(() => migrate(database, [first, broken], 1000)).toThrow('nowhere')
    expect(applied().length).toBe(1)
    expect(() => database.prepare('SELECT * FROM b')).toThrow('no such table')
    migrate(database, [first, second], 2000)
    expect(applied().length).toBe(2)
  })

  it('stop the start when a step that was run has changed', () => {
    migrate(database, [first], 1000)
    const changed = { ...first, sql: `${first.sql} -- changed` }
    expect(() => migrate(database, [changed, second], 2000)).toThrow(
      /schema migration 1 \(first\) is not the one that this version would have run/,
    )
    expect(applied().length).toBe(1)
  })

  it('stop the start when a newer version wrote the database', () => {
    migrate(database, [first, second], 1000)
    expect(() => migrate(database, [first], 2000)).toThrow(
      /written by a newer version of Clientele: schema migration 2 \(second\) is unknown here, the newest known is 1/,
    )
  })
})

describe('the released migrations', () => {
  it('are numbered from 1 without gaps', () => {
    expect(migrations.map((migration) => migration.number)).toEqual(migrations.map((_, index) => index + 1))
  })
})

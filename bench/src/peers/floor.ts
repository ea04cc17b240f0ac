/** The floor on SQLite: one row a request under a growing integer key, writes that arrive together in one durable commit. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Sizes } from '../contestant.ts'
import { serveFloor } from './floor-server.ts'

const [port, folder, sizes] = process.argv.slice(2)

const database = new Database(join(folder!, 'floor.sqlite'))
database.pragma('locking_mode = EXCLUSIVE')
database.pragma('journal_mode = WAL')
database.pragma('synchronous = FULL')
database.pragma('wal_autocheckpoint = 4000')
database.exec('CREATE TABLE IF NOT EXISTS entries (key INTEGER PRIMARY KEY, kind TEXT, body TEXT)')
const insert = database.prepare<[number, string, string]>(
  'INSERT INTO entries (key, kind, body) VALUES (?, ?, ?)',
)
const select = database.prepare<[number], string>('SELECT body FROM entries WHERE key = ?').pluck()
const begin = database.prepare('BEGIN IMMEDIATE')
const commit = database.prepare('COMMIT')

let lastKey = database.prepare<[], number>('SELECT coalesce(max(key), 0) FROM entries').pluck().get()!
let waiting: { readonly kind: string; readonly body: string; readonly done: (key: number) => void }[] = []

function commitTurn(): void {
  const batch = waiting
  waiting = []
  begin.run()
  const first = lastKey + 1
  for (const { kind, body } of batch) insert.run(++lastKey, kind, body)
  commit.run()
  batch.forEach(({ done }, index) => {
    done(first + index)
  })
}

const storage = {
  /** Writes a row in the commit of this turn of the event loop. */
  write(kind: string, body: string, done: (key: number) => void) {
    if (waiting.length === 0) setImmediate(commitTurn)
    waiting.push({ kind, body, done })
  },
  read(key: number, use: (body: string) => void) {
    use(select.get(key)!)
  },
}

serveFloor(storage, JSON.parse(sizes!) as Sizes, Number(port))

/**
 * The floor on PostgreSQL: one row a request under a growing integer key. While one insert is on its way, what arrives waits
 * and goes together in the next one, as arrays that the database unnests; reads are asked for in the same way.
 */
import pg from 'pg'
import type { Sizes } from '../contestant.ts'
import { serveFloor } from './floor-server.ts'

const [port, , sizes] = process.argv.slice(2)
const connectionString = process.env.BENCH_POSTGRES!
const [writing, reading] = [new pg.Client({ connectionString }), new pg.Client({ connectionString })]
await Promise.all([writing.connect(), reading.connect()])
await writing.query(
  'CREATE TABLE IF NOT EXISTS entries (key BIGINT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL)',
)
const { rows } = await writing.query<{ last: string }>('SELECT coalesce(max(key), 0) AS last FROM entries')
let lastKey = Number(rows[0]!.last)

interface Waiting {
  readonly kind: string
  readonly body: string
  readonly done: (key: number) => void
}
let waiting: Waiting[] = []
let isBusy = false

const INSERT = {
  name: 'insert',
  text: `INSERT INTO entries (key, kind, body)
         SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[])`,
}

async function insertAll(): Promise<void> {
  while (waiting.length > 0) {
    const batch = waiting
    waiting = []
    const first = lastKey + 1
    lastKey += batch.length
    const keys = batch.map((_, index) => first + index)
    await writing.query({
      ...INSERT,
      values: [keys, batch.map(({ kind }) => kind), batch.map(({ body }) => body)],
    })
    batch.forEach(({ done }, index) => {
      done(first + index)
    })
  }
  isBusy = false
}

let asked = new Map<number, ((body: string) => void)[]>()
let isReading = false

async function readAll(): Promise<void> {
  while (asked.size > 0) {
    const batch = asked
    asked = new Map()
    await readBatch(batch)
  }
  isReading = false
}

async function readBatch(batch: typeof asked): Promise<void> {
  const found = await reading.query<{ key: string; body: string }>({
    name: 'read',
    text: 'SELECT key, body FROM entries WHERE key = ANY($1::bigint[])',
    values: [[...batch.keys()]],
  })
  for (const { key, body } of found.rows) for (const use of batch.get(Number(key)) ?? []) use(body)
}

const storage = {
  write(kind: string, body: string, done: (key: number) => void) {
    waiting.push({ kind, body, done })
    if (isBusy) return
    isBusy = true
    setImmediate(insertAll)
  },
  read(key: number, use: (body: string) => void) {
    const others = asked.get(key)
    if (others) others.push(use)
    else asked.set(key, [use])
    if (isReading) return
    isReading = true
    setImmediate(readAll)
  },
}

serveFloor(storage, JSON.parse(sizes!) as Sizes, Number(port))

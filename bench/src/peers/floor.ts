/**
 * The floor: the least that a durable answer costs in Node.js. Bare node:http, one SQLite row a request under a growing
 * integer key, writes that arrive together in one commit. It checks nothing, hashes nothing and logs nothing.
 * Rows and answers are as long as Clientele's, which the bench measures first and hands over.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import Database from 'better-sqlite3'

const [port, folder, sizesText] = process.argv.slice(2)
const sizes = JSON.parse(sizesText!) as Record<
  'clientRow' | 'clientAnswer' | 'tokenRow' | 'tokenAnswer',
  number
>

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

/** Writes a row in the commit of this turn of the event loop; `done` is called after it. */
function write(kind: string, body: string, done: (key: number) => void): void {
  if (waiting.length === 0) setImmediate(commitTurn)
  waiting.push({ kind, body, done })
}

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

const filler = 'x'.repeat(Math.max(...Object.values(sizes)))
const fill = (text: string, length: number) => text + filler.slice(0, Math.max(0, length - text.length))

function answer(response: ServerResponse, status: number, head: object, length: number): void {
  const start = `${JSON.stringify(head).slice(0, -1)},"filler":"`
  const body = `${fill(start, length - 2)}"}`
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length })
  response.end(body)
}

function readBody(request: IncomingMessage, use: (text: string) => void): void {
  let text = ''
  request.setEncoding('utf8')
  request.on('data', (chunk: string) => {
    text += chunk
  })
  request.on('end', () => use(text))
}

const server = createServer((request, response) => {
  const url = request.url ?? ''
  if (request.method === 'GET') {
    const body = select.get(Number(url.slice('/register/'.length)))
    answer(response, 200, { client_id: url, stored: body!.length }, sizes.clientAnswer)
  } else if (url === '/token') {
    readBody(request, (text) => {
      const form = new URLSearchParams(text)
      write('token', fill(form.get('grant_type')!, sizes.tokenRow), (key) => {
        answer(response, 200, { access_token: key }, sizes.tokenAnswer)
      })
    })
  } else {
    readBody(request, (text) => {
      const metadata = JSON.parse(text) as { client_name: string }
      write('client', fill(metadata.client_name, sizes.clientRow), (key) => {
        const credentials = { client_id: String(key), client_secret: 'x', registration_access_token: 'x' }
        answer(
          response,
          201,
          { ...credentials, registration_client_uri: `/register/${key}` },
          sizes.clientAnswer,
        )
      })
    })
  }
})

server.listen(Number(port), '127.0.0.1')

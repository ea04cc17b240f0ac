/**
 * The floor's HTTP: bare node:http that parses the JSON, has a row written, and answers when it is durable. It checks nothing,
 * hashes nothing and logs nothing. Rows and answers are as long as Clientele's, which the bench measures first and hands over.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Sizes } from '../contestant.ts'

/** Where the rows go, under a key that grows. */
export interface FloorStorage {
  /** `done` is called with the row's key when it is durable. */
  write(kind: 'client' | 'token', body: string, done: (key: number) => void): void
  read(key: number, use: (body: string) => void): void
}

export function serveFloor(storage: FloorStorage, sizes: Sizes, port: number): void {
  const filler = 'x'.repeat(Math.max(...Object.values(sizes)))
  const fill = (text: string, length: number) => text + filler.slice(0, Math.max(0, length - text.length))

  function answer(response: ServerResponse, status: number, head: object, length: number): void {
    const start = `${JSON.stringify(head).slice(0, -1)},"filler":"`
    const body = `${fill(start, length - 2)}"}`
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length })
    response.end(body)
  }

  const server = createServer((request, response) => {
    const url = request.url ?? ''
    if (request.method === 'GET') {
      storage.read(Number(url.slice('/register/'.length)), (body) => {
        answer(response, 200, { client_id: url, stored: body.length }, sizes.clientAnswer)
      })
    } else if (url === '/token') {
      readBody(request, (text) => {
        const form = new URLSearchParams(text)
        storage.write('token', fill(form.get('grant_type')!, sizes.tokenRow), (key) => {
          answer(response, 200, { access_token: key }, sizes.tokenAnswer)
        })
      })
    } else {
      readBody(request, (text) => {
        const metadata = JSON.parse(text) as { client_name: string }
        storage.write('client', fill(metadata.client_name, sizes.clientRow), (key) => {
          const credentials = {
            client_id: String(key),
            client_secret: 'x',
            registration_access_token: 'x',
            registration_client_uri: `/register/${key}`,
          }
          answer(response, 201, credentials, sizes.clientAnswer)
        })
      })
    }
  })
  server.listen(port, '127.0.0.1')
}

function readBody(request: IncomingMessage, use: (text: string) => void): void {
  let text = ''
  request.setEncoding('utf8')
  request.on('data', (chunk: string) => {
    text += chunk
  })
  request.on('end', () => use(text))
}

/** What strangers do to a server under `nodeHandler`: none of it may end the program or reach its fault log. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import express from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { openGate } from '../gates/open.ts'
import { createMemoryStore } from '../stores/memory.ts'
import { createRegistrar } from './create-registrar.ts'
import { nodeHandler } from './node-handler.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

const makeRegistrar = () =>
  createRegistrar({
    issuer: 'https://id.example.com',
    store: createMemoryStore(),
    gates: [openGate()],
    sealingKey: new Uint8Array(32),
  })

/** A server, what became of every request's promise, and what `next` was called with where there is one. */
async function serve(hasNext: boolean, isGone = false) {
  const outcomes: PromiseSettledResult<void>[] = []
  const faults: unknown[] = []
  const handle = nodeHandler(makeRegistrar(), { onFault: (error) => faults.push(error) })
  const next = (error?: unknown) => faults.push(error)
  const server = createServer(async (request, response) => {
    if (isGone) await once(response, 'close')
    const [outcome] = await Promise.allSettled([handle(request, response, ...(hasNext ? [next] : []))])
    outcomes.push(outcome)
  })
  closing.push(() => server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return { server, port, outcomes, faults }
}

/** Sends the text as it is and returns the answer. */
async function say(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.write(text)
  await once(socket, 'close')
  return answer
}

const HEAD = 'Host: x\r\nConnection: close\r\n'

describe.each([
  ['without next', false],
  ['with next', true],
])('%s', (_how, hasNext) => {
  it.each([
    ['in the middle of a declared body', 'POST', 'Content-Length: 100\r\n\r\n{"a"'],
    ['in the middle of a chunked body', 'POST', 'Transfer-Encoding: chunked\r\n\r\n4\r\n{"a"\r\n'],
    ['before the answer', 'GET', '\r\n'],
  ])('a caller who hangs up %s is no fault of anybody’s', async (_when, method, rest) => {
    const { server, port, outcomes, faults } = await serve(hasNext, method === 'GET')
    const socket = connect(port, '127.0.0.1')
    const path = method === 'GET' ? '/register/0199' : '/register'
    socket.write(`${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${rest}`)
    await once(server, 'request')
    socket.resetAndDestroy()
    await expect.poll(() => outcomes).toEqual([{ status: 'fulfilled', value: undefined }])
    expect(faults).toEqual([])
  })

  it.each(['TRACE', 'PROPFIND'])('%s is answered 405 with Allow (RFC 9110 §15.5.6)', async (method) => {
    const { port, outcomes, faults } = await serve(hasNext)
    const answer = await say(port, `${method} /register HTTP/1.1\r\n${HEAD}\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 405 [\s\S]*allow: POST/i)
    expect([outcomes, faults]).toEqual([[{ status: 'fulfilled', value: undefined }], []])
  })

  it('credentials in the address of a request are not looked at', async () => {
    const { port, faults } = await serve(hasNext)
    const answer = await say(port, `GET http://u:p@h/register HTTP/1.1\r\n${HEAD}\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 405 /)
    expect(faults).toEqual([])
  })
})

it('a path that begins with two slashes has no host in it: it is none of the registrar’s', async () => {
  const { port } = await serve(false)
  expect(await say(port, `GET //x/register HTTP/1.1\r\n${HEAD}\r\n`)).toMatch(/^HTTP\/1\.1 404 /)
})

describe('a fault without next', () => {
  it('is answered 500 and told, and never rejects: an unhandled rejection would end the program', async () => {
    const faults: unknown[] = []
    const broken = { ...makeRegistrar(), fetch: () => Promise.reject(new Error('a bug')) }
    const handle = nodeHandler(broken, {
      onFault(error) {
        faults.push(error)
        throw new Error('the log is full')
      },
    })
    const server = createServer((request, response) => void handle(request, response))
    closing.push(() => server.close())
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/register`)
    expect([answer.status, await answer.text()]).toEqual([500, ''])
    expect(faults).toEqual([new Error('a bug')])
  })
})

it('behind the parser of Express that takes every JSON value, null is the caller’s mistake (RFC 7591 §3.2.2)', async () => {
  const app = express()
  app.use(express.json({ strict: false }))
  app.use(nodeHandler(makeRegistrar()))
  const server = app.listen(0, '127.0.0.1')
  closing.push(() => server.close())
  await once(server, 'listening')
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: 'null',
  })
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: 'invalid_client_metadata' }])
})

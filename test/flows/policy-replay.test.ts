/** A replay over a large registry beside the server's daily work. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ChildServer, startChildServer, stopChildServer } from './child-server.ts'

const CLIENTS = 3000
const AT_ONCE = 16

let folder: string
let server: ChildServer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-replay-'))
  server = await startChildServer({ folder, environment: { CLIENTELE_REGISTRATION__ANONYMOUS: 'true' } })
  let left = CLIENTS
  const work = async () => {
    while (left > 0) {
      left -= 1
      expect((await register()).status).toBe(201)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}, 120_000)

afterAll(async () => {
  await stopChildServer(server)
  rmSync(folder, { recursive: true })
})

async function register(): Promise<Response> {
  const response = await fetch(`${server.url}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: ['https://client.example/cb'], scope: 'openid profile' }),
  })
  await response.arrayBuffer()
  return response
}

function replay(signal?: AbortSignal): Promise<Response> {
  const token = readFileSync(join(folder, 'data', 'operator.token'), 'utf8').trim()
  return fetch(`${server.url}/admin/v1/policies/replay`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ written: { text: '[scope]\nallowed = ["openid"]\noutside = "narrow"\n' } }),
    ...(signal === undefined ? {} : { signal }),
  })
}

// biome-ignore lint/suspicious/noExplicitAny: lines of any shape are looked at
async function* linesOf(response: Response): AsyncGenerator<any> {
  let rest = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()!
    for (const line of lines) yield JSON.parse(line)
  }
}

it('clients register while thousands are judged anew, and each answer is quick', async () => {
  const judging = { isOver: false }
  const judged: number[] = []
  let summary: Record<string, unknown> | undefined
  const reading = (async () => {
    for await (const { type, ...news } of linesOf(await replay())) {
      if (type === 'progress') judged.push(news.judged)
      if (type === 'summary') summary = news
    }
    judging.isOver = true
  })()
  const times: number[] = []
  while (!judging.isOver) {
    const began = performance.now()
    expect((await register()).status).toBe(201)
    if (!judging.isOver) times.push(performance.now() - began)
  }
  await reading
  expect(summary).toMatchObject({ failed: 0, refused: 0, members: { scope: summary!.changed } })
  expect(summary!.judged).toBeGreaterThanOrEqual(CLIENTS)
  expect(judged.length).toBeGreaterThan(CLIENTS / 100)
  // Were the server stopped meanwhile, one of them would have waited for the whole replay.
  expect(times.length).toBeGreaterThan(20)
  const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!
  expect(median).toBeLessThan(250)
}, 120_000)

it('a caller who goes away ends the replay', async () => {
  const caller = new AbortController()
  const response = await replay(caller.signal)
  let told = 0
  await expect(async () => {
    for await (const { judged } of linesOf(response)) {
      told = judged ?? told
      if (told >= 100) caller.abort()
    }
  }).rejects.toThrow(/abort/i)
  // Written when the connection is closed, with how much of the answer was sent.
  await expect
    .poll(() =>
      server.output.stdout
        .split('\n')
        .filter((line) => line.includes('policies/replay'))
        .at(-1),
    )
    .toContain('"aborted":true')
  expect(told).toBeLessThan(CLIENTS)
  expect((await register()).status).toBe(201)
}, 60_000)

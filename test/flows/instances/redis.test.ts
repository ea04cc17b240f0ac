import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterAll, describe, expect, it } from 'vitest'
import { attemptsOf } from '../../../clientele/src/authorization/accounts/attempts.ts'
import { silentLog } from '../../../clientele/src/runtime/log.ts'
import { parseConfig } from '../../../clientele/src/server/config.ts'
import { type OpenedCounts, openCounts } from '../../../clientele/src/server/open-counts.ts'
import { freePort } from '../../harness/free-port.ts'

/** Failed attempts counted in a real Redis server. */
const SERVER = '/usr/bin/redis-server'
const hasPackage = (() => {
  try {
    createRequire(import.meta.url).resolve('ioredis')
    return true
  } catch {
    return false
  }
})()
const undo: (() => void)[] = []
afterAll(() => {
  for (const step of undo) step()
})

const configured = (url: string) => parseConfig({ limits: { store: 'redis', redis_url: url } })

it('the configuration says what is missing, and no password', () => {
  expect(() => parseConfig({ limits: { store: 'redis' } })).toThrow(/needs limits\.redis_url/)
  expect(() => parseConfig({ limits: { store: 'database' } })).toThrow(/storage\.url/)
})

it.skipIf(hasPackage)('a start without the package says which one is missing', async () => {
  await expect(openCounts(configured('redis://127.0.0.1:1'), undefined, silentLog)).rejects.toThrow(
    /npm install ioredis/,
  )
})

describe.skipIf(!hasPackage || !existsSync(SERVER))('with Redis', () => {
  async function startRedis() {
    const port = await freePort()
    const child = spawn(SERVER, ['--port', String(port), '--save', '', '--appendonly', 'no'], {
      stdio: 'pipe',
    })
    undo.push(() => child.kill())
    child.stdout.setEncoding('utf8')
    for await (const text of child.stdout) if (text.includes('Ready to accept connections')) break
    return { url: `redis://127.0.0.1:${port}`, child }
  }
  const open = async (url: string): Promise<OpenedCounts> => {
    const counts = await openCounts(configured(url), undefined, silentLog)
    undo.push(() => counts.close())
    return counts
  }

  it('two instances count together, and for themselves while it is away', async () => {
    const { url, child } = await startRedis()
    const both = [await open(url), await open(url)]
    const name = 'test'
    const attempts = both.map(({ makeCount }) => attemptsOf(5, makeCount(name, 60)))
    // Connected, or each would still count for itself.
    for (const [index, { makeCount }] of both.entries()) {
      const probe = makeCount('probe', 60)
      await expect
        .poll(async () => (await probe.penalty('x')).consumedPoints, { timeout: 5000 })
        .toBeGreaterThan(index)
    }
    const waits = await Promise.all(
      Array.from({ length: 16 }, (_, index) => attempts[index % 2]!.take('key')),
    )
    expect(waits.filter((wait) => wait === undefined).length).toBe(5)
    await attempts[0]!.forget('key')
    expect(await attempts[1]!.take('key')).toBeUndefined()

    child.kill('SIGKILL')
    await once(child, 'exit')
    const alone = []
    for (let count = 0; count < 6; count++) alone.push(await attempts[0]!.take('away'))
    expect(alone.slice(0, 5).every((wait) => wait === undefined)).toBe(true)
    expect(alone[5]).toBeGreaterThan(0)
  })
})

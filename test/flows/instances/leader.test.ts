import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { openPostgresStore } from '../../../clientele/src/stores/postgres.ts'
import { useDatabase } from '../../harness/postgres.ts'

/** Who leads is found out by the database alone. */
const database = useDatabase()
const HOLDER = fileURLToPath(new URL('lease-holder.ts', import.meta.url))

it('when the leader is killed another one leads within its lease, even one whose clock is a minute behind', async () => {
  const seconds = 2
  const clock = { milliseconds: () => Date.now() - 60_000 }
  const store = await openPostgresStore({ url: database.url, clock })
  const child = spawn(process.execPath, [HOLDER, database.url, String(seconds)], { stdio: 'pipe' })
  child.stdout.setEncoding('utf8')
  const [said] = await once(child.stdout, 'data')
  expect(said).toMatch(/^leads/)
  const take = () => store.takeLease({ name: 'job', holder: 'test', seconds })
  // It leads for longer than one lease, by prolonging it.
  const until = Date.now() + seconds * 1500
  while (Date.now() < until) expect(await take()).toBe(false)

  child.kill('SIGKILL')
  await once(child, 'exit')
  const killed = Date.now()
  await expect.poll(take, { timeout: 10_000, interval: 20 }).toBe(true)
  expect(Date.now() - killed).toBeLessThan(seconds * 1000 + 1000)
  await store.close()
})

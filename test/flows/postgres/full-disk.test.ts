import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openPostgresStore } from '../../../clientele/src/stores/postgres.ts'
import { StoreUnavailable } from '../../../clientele/src/stores/store.ts'
import { sampleAudit, sampleInitialAccessToken } from '../../../clientele/src/testing/store-samples.ts'
import { startPostgresServer } from '../../harness/postgres-server.ts'
import { createUntil, storedIds } from './load.ts'

/** A small disk of memory. Only root may mount one. */
const disk = mountSmallDisk()
if (!disk) console.warn('A full disk is not tested: no small disk can be mounted here.')
afterAll(() => disk?.unmount())

it.skipIf(!disk)(
  'answers with StoreUnavailable while the disk is full, and loses nothing',
  async () => {
    const settings = ['max_wal_size=32MB', 'min_wal_size=32MB', 'shared_buffers=16MB']
    const server = await startPostgresServer({ folder: disk!.path, settings })
    const store = await openPostgresStore({ url: server.url })
    const token = sampleInitialAccessToken({ usesLeft: 1_000_000 })
    await store.createInitialAccessToken(token, sampleAudit(token.id))

    const ballast = join(disk!.path, 'ballast')
    const { bavail, bsize } = statfsSync(disk!.path)
    writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - 1_500_000), 1))
    const started = performance.now()
    let failures = 0
    const counting: typeof store = {
      ...store,
      async createClient(...args) {
        try {
          return await store.createClient(...args)
        } catch (error) {
          failures++
          throw error
        }
      },
    }
    const told = await createUntil(
      () => failures > 40 || performance.now() - started > 40_000,
      counting,
      token.id,
    )
    expect(failures).toBeGreaterThan(40)
    await expect(store.ready()).rejects.toThrow(StoreUnavailable)

    // Without room for its log the server may have ended: whoever makes room starts it again.
    rmSync(ballast)
    await server.kill()
    await server.start()
    await expect.poll(() => createUntilOne(), { timeout: 20_000 }).toBe('created')
    await store.ready()
    const stored = await storedIds(store)
    expect(told.wrong).toEqual([])
    expect([...told.created].filter((id) => !stored.has(id))).toEqual([])
    expect([...stored].filter((id) => !told.created.has(id))).toEqual([])
    expect((await store.findInitialAccessToken(token.id))?.usesLeft).toBe(1_000_000 - stored.size)
    await store.close()
    await server.remove()

    async function createUntilOne(): Promise<string> {
      let tries = 0
      const more = await createUntil(() => tries++ > 0, store, token.id, 1)
      for (const id of more.created) told.created.add(id)
      return more.created.size === 1 ? 'created' : 'unavailable'
    }
  },
  120_000,
)

function mountSmallDisk(): { readonly path: string; unmount(): void } | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined
  const path = mkdtempSync(join(tmpdir(), 'clientele-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=160m,mode=755', 'none', path], { stdio: 'ignore' })
  } catch {
    rmSync(path, { recursive: true })
    return undefined
  }
  return {
    path,
    unmount() {
      execFileSync('umount', ['-l', path])
      rmSync(path, { recursive: true, force: true })
    },
  }
}

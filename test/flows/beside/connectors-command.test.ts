import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type StandInHydra, startStandInHydra } from '../../harness/stand-in-hydra.ts'
import { runCommand, startChildServer } from '../child-server.ts'

/** `clientele connectors sync`, as an operator runs it. */

async function within(work: (folder: string, hydra: StandInHydra) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-connectors-'))
  const hydra = await startStandInHydra('t')
  writeFileSync(join(folder, 'token'), 't\n')
  const connector = `[[connectors.ory_hydra]]\nname = "hydra"\nurl = "${hydra.url}"\ntoken_file = "token"\n`
  writeFileSync(join(folder, 'clientele.toml'), `[registration]\nanonymous = true\n\n${connector}`)
  try {
    await work(folder, hydra)
  } finally {
    await hydra.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

it(
  'shows its progress and a summary, JSON when asked, and ends with 1 when something failed',
  () =>
    within(async (folder, hydra) => {
      const server = await startChildServer({ folder })
      const sync = (...args: string[]) => runCommand(['connectors', 'sync', ...args], { folder })
      try {
        const metadata = { redirect_uris: ['https://client.example/cb'], dpop_bound_access_tokens: true }
        const headers = { 'content-type': 'application/json' }
        for (const body of [metadata, { ...metadata, dpop_bound_access_tokens: false }])
          await fetch(`${server.url}/register`, { method: 'POST', headers, body: JSON.stringify(body) })
        const first = await sync('hydra')
        expect([first.code, first.stdout]).toEqual([
          0,
          expect.stringMatching(
            /^Not mirrored: \S+: dpop_bound_access_tokens is not .*\nhydra: 1 clients mirrored, 0 removed\n {2}1 cannot be served/,
          ),
        ])
        expect(first.stderr).toContain('2 of 2 clients mirrored')
        const { code, stdout } = await sync('hydra', '--json')
        expect(code).toBe(0)
        expect(JSON.parse(stdout)).toMatchObject({
          connector: 'hydra',
          mirrored: 1,
          refused: 1,
          failed: 0,
          removed: 0,
        })
        const unknown = await sync('nobody')
        expect([unknown.code, unknown.stderr]).toEqual([
          1,
          expect.stringContaining('There is no connector nobody'),
        ])
        hydra.state = 'failing'
        const failed = await sync('hydra')
        expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('Not every client')])
      } finally {
        server.process.kill('SIGTERM')
        await server.ended
      }
    }),
  60_000,
)

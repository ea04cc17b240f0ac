/** oidc-agent, the real program: registers, lets a person log in, refreshes, and deletes its registration. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freePort } from '../harness/free-port.ts'
import type { RealServer } from '../harness/real-server.ts'
import { startSeparateServer } from './separate-server.ts'

const version = findVersion()
const SCOPE = 'openid profile email offline_access'

function findVersion(): string | undefined {
  try {
    return execFileSync('oidc-gen', ['--version'], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}

describe.skipIf(version === undefined)(
  version ?? 'oidc-agent (skipped: oidc-gen is not installed here)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'oidc-agent-'))
    const environment = { HOME: folder, PATH: process.env.PATH, OIDC_SOCK: join(folder, 'agent.sock') }
    const passwordFile = join(folder, 'password')
    let server: RealServer
    let agent: ChildProcess

    beforeAll(async () => {
      server = await startSeparateServer()
      writeFileSync(passwordFile, 'encryption password\n')
      // In the foreground, so that it is ours to end.
      agent = spawn('oidc-agent', ['--console', `--socket-path=${environment.OIDC_SOCK}`], {
        env: environment,
        stdio: 'ignore',
      })
      await vi.waitUntil(() => existsSync(environment.OIDC_SOCK), { timeout: 10_000 })
    })
    afterAll(async () => {
      agent.kill()
      await once(agent, 'close')
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    })

    test('registers, logs in at a loopback redirect, refreshes, and deletes its registration', async () => {
      const generating = run('oidc-gen', [
        `--iss=${server.issuer}`,
        `--scope=${SCOPE}`,
        '--flow=code',
        `--port=${await freePort()}`,
        `--pw-file=${passwordFile}`,
        '--no-url-call',
        '--no-scheme',
        '--confirm-default',
        '--prompt=none',
        'work',
      ])
      const url = await vi.waitUntil(() => /^http:\S+authorize\?\S+/m.exec(generating.output())?.[0], {
        timeout: 10_000,
      })
      const { location, shown } = await server.person().authorize(url)
      expect(shown).toEqual(['Sign in', expect.stringContaining('oidc-agent:work')])
      // The browser delivers the code to the program's own listener.
      await (await fetch(location)).text()
      expect(await generating.ended, generating.output()).toBe(0)

      const first = await printToken()
      expect(await emailOf(first)).toBe('ada@example.org')
      const second = await printToken('--force-new')
      expect(second).not.toBe(first)
      expect(await emailOf(second)).toBe('ada@example.org')

      const deleting = run('oidc-gen', [
        '--delete',
        `--pw-file=${passwordFile}`,
        '--confirm-yes',
        '--prompt=none',
        'work',
      ])
      expect(await deleting.ended, deleting.output()).toBe(0)
      // Its registration is gone (RFC 7592 §2.3), and so is what it was given.
      await expect(server.person().authorize(url)).rejects.toThrow(/ended on a page \(400\)/)
      const userinfo = await fetch(server.metadata.userinfo_endpoint!, {
        headers: { authorization: `Bearer ${second}` },
      })
      expect(userinfo.status).toBe(401)
    })

    async function printToken(...args: readonly string[]): Promise<string> {
      const printing = run('oidc-token', [...args, 'work'])
      expect(await printing.ended, printing.output()).toBe(0)
      return printing.output().trim()
    }

    async function emailOf(accessToken: string): Promise<unknown> {
      const headers = { authorization: `Bearer ${accessToken}` }
      const response = await fetch(server.metadata.userinfo_endpoint!, { headers })
      return ((await response.json()) as { email?: string }).email
    }

    function run(command: string, args: readonly string[]) {
      const child = spawn(command, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text
        })
      }
      return { output: () => output, ended: once(child, 'close').then(([code]) => code as number) }
    }
  },
)

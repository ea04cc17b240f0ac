/** Whole servers that share one PostgreSQL database: one issuer, one sealing key, a data folder each. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig } from '../../clientele/src/server/config.ts'
import { type Outside, type RunningServer, startServer } from '../../clientele/src/server/start-server.ts'
import { type RealServer, readServer, type Sections } from './real-server.ts'

export const SHARED_ISSUER = 'http://127.0.0.1:7591'

export interface SharedServers {
  readonly folder: string
  /** One more server, which lets anyone register unless `sections` say otherwise. */
  start(
    url: string,
    sections?: Sections,
    outside?: Outside,
  ): Promise<Omit<RealServer, 'initialAccessToken'> & { readonly running: RunningServer }>
  /** The configuration of one more, as text, for a process of its own. */
  writeConfig(url: string): string
  /** Stops those that still run, and deletes their folders. */
  remove(): Promise<void>
}

export function prepareSharedServers(): SharedServers {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-shared-'))
  const key = join(folder, 'sealing.key')
  writeFileSync(key, randomBytes(32).toString('base64'), { mode: 0o600 })
  const started: RunningServer[] = []
  let count = 0
  const server = () => ({
    port: 0,
    data: join(folder, `data-${count++}`),
    drain_seconds: 1,
    issuer: SHARED_ISSUER,
    sealing_key_file: key,
  })
  return {
    folder,
    async start(url, sections = {}, outside = {}) {
      const config = parseConfig({
        ...sections,
        storage: { url, ...sections.storage },
        server: { ...server(), ...sections.server },
        registration: { anonymous: true, ...sections.registration },
      })
      const running = await startServer(config, outside)
      started.push(running)
      return { ...(await readServer(running.url, running.issuer)), running, close: () => running.close() }
    },
    writeConfig(url) {
      const { data, issuer } = server()
      const file = `${data}.toml`
      writeFileSync(
        file,
        `[server]\nport = 0\ndata = "${data}"\nissuer = "${issuer}"\nsealing_key_file = "${key}"\n` +
          `[storage]\nurl = "${url}"\n[registration]\nanonymous = true\n[limits]\nenabled = false\n`,
      )
      return file
    },
    async remove() {
      await Promise.all(started.map((running) => running.close()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

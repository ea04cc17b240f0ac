/** `clientele serve` in a process of its own, managed by its command line: what independent clients talk to. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand, startChildServer, stopChildServer } from '../flows/child-server.ts'
import { ADA, type RealServer, readServer, type Sections } from '../harness/real-server.ts'

/** Starts a server that lets anyone register, unless `sections` of its configuration say otherwise. */
export async function startSeparateServer(sections: Sections = {}): Promise<RealServer> {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-'))
  const environment = asEnvironment({
    ...sections,
    registration: { anonymous: true, ...sections.registration },
  })
  const server = await startChildServer({ folder, environment })
  const command = async (args: readonly string[], input?: string) => {
    const finished = await runCommand([...args, '--json'], {
      folder,
      ...(input === undefined ? {} : { input }),
    })
    if (finished.code !== 0) throw new Error(`clientele ${args.join(' ')}: ${finished.stderr}`)
    return JSON.parse(finished.stdout) as Record<string, string>
  }
  await command(['account', 'add', ADA.email, '--password-stdin'], `${ADA.password}\n`)
  return {
    ...(await readServer(server.url, server.url)),
    initialAccessToken: async () => (await command(['initial-access-token', 'create'])).token!,
    async close() {
      await stopChildServer(server)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function asEnvironment(sections: Sections): Record<string, string> {
  const variables = Object.entries(sections).flatMap(([section, keys]) =>
    Object.entries(keys).map(([key, value]) => [`CLIENTELE_${section}__${key}`.toUpperCase(), textOf(value)]),
  )
  return Object.fromEntries(variables)
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value)
}

/** Vitest's global set-up: one PostgreSQL server for the whole run, started when the first test asks for it. */
import { type AddressInfo, createServer, type Server } from 'node:net'
import type { TestProject } from 'vitest/node'
import { type PostgresServer, startPostgresServer } from './postgres-server.ts'

let launcher: Server | undefined
let starting: Promise<PostgresServer> | undefined

export async function setup(project: TestProject): Promise<void> {
  launcher = createServer((socket) => {
    socket.on('error', () => {})
    // What is tested on it is what is answered, not what survives a power cut.
    starting ??= startPostgresServer({ settings: ['fsync=off', 'full_page_writes=off'] })
    starting.then(
      ({ url }) => socket.end(url),
      (error: Error) => socket.end(`no PostgreSQL server could be started: ${error.message}`),
    )
  })
  const listening = launcher
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  project.provide('postgresLauncher', (listening.address() as AddressInfo).port)
}

export async function teardown(): Promise<void> {
  launcher?.close()
  const server = await starting?.catch(() => undefined)
  await server?.remove()
}

/** What is measured: the three requests that a registry answers all day, and what each needs beforehand. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ContestantName, StorageName } from './contestant.ts'
import { MACHINE_METADATA, type RegisteredClient } from './registration-request.ts'
import type { Running } from './running.ts'

export interface Workload {
  readonly name: string
  readonly script: string
  readonly connections: number
  /** Whether each answer means one more client. */
  readonly registers: boolean
  /** Registers what the load needs; the script's arguments. */
  readonly prepare: (running: Running) => Promise<readonly string[]>
  /** The least ratios to reach, of Clientele's rate to another's; where there are none, it is not measured on that storage. */
  readonly targets: Partial<Record<StorageName, Targets>>
}

export type Targets = Partial<Record<ContestantName, number>>

/**
 * How many clients take turns in reads and tokens. oidc-provider keeps its last 100 clients ready and slows down beyond:
 * with fewer, it is measured at its best.
 */
const CLIENTS_IN_TURN = 64

export const WORKLOADS: readonly Workload[] = [
  {
    name: 'register',
    script: 'register.lua',
    connections: 32,
    registers: true,
    prepare: async ({ contestant }) => [contestant.registrationPath, 'many'],
    targets: { SQLite: { floor: 0.6, 'oidc-provider': 6 }, PostgreSQL: { floor: 0.6, 'oidc-provider': 4 } },
  },
  {
    name: 'register',
    script: 'register.lua',
    connections: 1,
    registers: true,
    prepare: async ({ contestant }) => [contestant.registrationPath, 'alone'],
    targets: { SQLite: {} },
  },
  {
    name: 'read',
    script: 'read.lua',
    connections: 32,
    registers: false,
    prepare: (running) => {
      const line = (client: RegisteredClient) => {
        const { pathname } = new URL(client.registration_client_uri, running.url)
        return `${pathname} ${client.registration_access_token}`
      }
      return prepareClients(running, undefined, line)
    },
    targets: { SQLite: { 'oidc-provider': 4 }, PostgreSQL: { 'oidc-provider': 3 } },
  },
  {
    name: 'token',
    script: 'token.lua',
    connections: 32,
    registers: false,
    prepare: (running) => {
      const path = running.contestant.tokenPath
      return prepareClients(running, MACHINE_METADATA, (client) => `${path} ${basicCredentials(client)}`)
    },
    targets: { SQLite: { 'oidc-provider': 1.3 } },
  },
]

/** What HTTP Basic wants of a client (RFC 6749 §2.3.1). */
export function basicCredentials({ client_id, client_secret }: RegisteredClient): string {
  return btoa(`${encodeURIComponent(client_id)}:${encodeURIComponent(client_secret)}`)
}

async function prepareClients(
  running: Running,
  metadata: object | undefined,
  line: (client: RegisteredClient) => string,
): Promise<readonly string[]> {
  const lines: string[] = []
  while (lines.length < CLIENTS_IN_TURN) lines.push(line(await running.register(metadata)))
  const file = join(running.folder, '..', `${running.contestant.name}-clients.txt`)
  // It holds credentials.
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
  return [file]
}

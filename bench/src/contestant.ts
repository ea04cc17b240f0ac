/** What is measured: programs that do the same work over HTTP, each with its data in a place of its own. */
import { join } from 'node:path'
import Database from 'better-sqlite3'

export type ContestantName = 'clientele' | 'floor' | 'oidc-provider'
export type StorageName = 'SQLite' | 'PostgreSQL'

export interface Contestant {
  readonly name: ContestantName
  /** What node runs. */
  readonly command: (place: Place) => readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** Makes what the contestant finds in its environment, before its first start in a folder. */
  readonly prepare?: (folder: string) => Promise<Readonly<Record<string, string>>>
  readonly registrationPath: string
  readonly tokenPath: string
  /** Clients in the database of a process that has ended. */
  readonly countClients: (folder: string) => number | Promise<number>
}

export interface Place {
  readonly port: number
  readonly folder: string
}

/** Bytes that Clientele stores and answers; the floor stores and answers as many. */
export interface Sizes {
  readonly clientRow: number
  readonly clientAnswer: number
  readonly tokenRow: number
  readonly tokenAnswer: number
}

const inBench = (path: string) => join(import.meta.dirname, path)

/** The product itself, through its command line, with everything on that a server has on: its log, its checks. */
export const CLIENTELE: Contestant = {
  name: 'clientele',
  command: ({ port, folder }) => {
    return [inBench('../../clientele/bin/clientele.js'), 'serve', '--port', String(port), '--data', folder]
  },
  // Rate limits off: the load comes from one address. Open registration, as the peers have it.
  environment: { CLIENTELE_LIMITS__ENABLED: 'false', CLIENTELE_REGISTRATION__ANONYMOUS: 'true' },
  registrationPath: '/register',
  tokenPath: '/token',
  countClients: (folder) =>
    count(clienteleDatabase(folder), 'SELECT count(*) FROM clients WHERE record IS NOT NULL'),
}

export const OIDC_PROVIDER: Contestant = {
  name: 'oidc-provider',
  command: ({ port, folder }) => [inBench('peers/oidc-provider.ts'), String(port), folder],
  registrationPath: '/reg',
  tokenPath: '/token',
  countClients: (folder) => {
    return count(
      join(folder, 'oidc-provider.sqlite'),
      `SELECT count(*) FROM artifacts WHERE model = 'Client'`,
    )
  },
}

export function floor(sizes: Sizes): Contestant {
  return {
    name: 'floor',
    command: ({ port, folder }) => [inBench('peers/floor.ts'), String(port), folder, JSON.stringify(sizes)],
    registrationPath: '/register',
    tokenPath: '/token',
    countClients: (folder) => {
      return count(join(folder, 'floor.sqlite'), `SELECT count(*) FROM entries WHERE kind = 'client'`)
    },
  }
}

/** Where `clientele serve` keeps its database in its data folder. */
export function clienteleDatabase(folder: string): string {
  return join(folder, 'clientele.db')
}

function count(file: string, sql: string): number {
  const database = new Database(file)
  try {
    return database.prepare<[], number>(sql).pluck().get()!
  } finally {
    database.close()
  }
}

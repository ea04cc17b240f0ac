/** The contestants on PostgreSQL: one real server for all, a database for each, beside the load and not on the server's core. */
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { startPostgresServer } from '../../test/harness/postgres-server.ts'
import { CLIENTELE, type Contestant, floor, OIDC_PROVIDER, type Sizes } from './contestant.ts'

export interface Postgres {
  readonly version: string
  /** Runs SQL in a database of the server: in that of a contestant's folder, or (undefined) in the server's own. */
  run<Row extends pg.QueryResultRow>(
    folder: string | undefined,
    sql: string,
    values?: readonly unknown[],
  ): Promise<Row[]>
  /** The same contestant, keeping its data in a database of its own. */
  with(contestant: Contestant): Contestant
  /** The address of the database of a folder, which is made when it is missing. */
  databaseOf(folder: string): Promise<string>
  remove(): Promise<void>
}

/**
 * Starts a server in `folder`, with the standard settings (`fsync` and `synchronous_commit` on, 128 MB of shared buffers). It
 * inherits the core of the bench, which is the load's.
 */
export async function startPostgres(folder: string): Promise<Postgres> {
  // The server runs as another user than root, who must reach its folder.
  chmodSync(folder, 0o711)
  const server = await startPostgresServer({ folder: join(folder, 'postgres') })
  const nameOf = (place: string) => place.slice(folder.length).replace(/\W+/g, '_').toLowerCase()
  const urlOf = (place: string) => {
    const address = new URL(server.url)
    address.pathname = `/${nameOf(place)}`
    return address.href
  }

  async function run<Row extends pg.QueryResultRow>(
    place: string | undefined,
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    const client = new pg.Client({ connectionString: place === undefined ? server.url : urlOf(place) })
    await client.connect()
    try {
      return (await client.query<Row>(sql, values as unknown[])).rows
    } finally {
      await client.end()
    }
  }

  async function databaseOf(place: string): Promise<string> {
    const known = await run(undefined, 'SELECT 1 FROM pg_database WHERE datname = $1', [nameOf(place)])
    if (known.length === 0) await run(undefined, `CREATE DATABASE "${nameOf(place)}"`)
    return urlOf(place)
  }

  const [{ server_version: version } = { server_version: '' }] = await run<{ server_version: string }>(
    undefined,
    'SHOW server_version',
  )
  return {
    version,
    run,
    databaseOf,
    with: (contestant) => ({
      ...contestant,
      prepare: async (place) => {
        const url = await databaseOf(place)
        return { BENCH_POSTGRES: url, CLIENTELE_STORAGE__URL: url }
      },
      countClients: async (place) => {
        const [row] = await run<{ clients: string }>(place, COUNTS[contestant.name])
        return Number(row!.clients)
      },
    }),
    remove: () => server.remove(),
  }
}

const COUNTS = {
  clientele: `SELECT count(*) AS clients FROM clientele.clients WHERE status <> 'deleted'`,
  floor: `SELECT count(*) AS clients FROM entries WHERE kind = 'client'`,
  'oidc-provider': `SELECT count(*) AS clients FROM artifacts WHERE model = 'Client'`,
}

export function postgresContestants(postgres: Postgres, sizes: Sizes): readonly Contestant[] {
  const onPostgres = floor(sizes)
  const command: Contestant['command'] = (place) =>
    onPostgres.command(place).map((word) => word.replace(/floor\.ts$/, 'floor-postgres.ts'))
  return [{ ...onPostgres, command }, OIDC_PROVIDER, CLIENTELE].map(postgres.with)
}

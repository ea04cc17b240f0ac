/** A PostgreSQL database for a test file: its own, on the one server of the whole test run. */
import { randomBytes } from 'node:crypto'
import { createConnection } from 'node:net'
import { text } from 'node:stream/consumers'
import pg from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'

export interface TestDatabase {
  /** Of this file's own, empty database. Only within tests and hooks. */
  readonly url: string
  /** The same with other parameters in the address. */
  urlFor(user: string, password: string): string
  /** The name of a schema that nobody has yet. */
  newSchema(): string
  /** Deletes every row that a store wrote into the standard schema: much faster than making it anew. */
  empty(): Promise<void>
  /** Runs SQL as the database's owner. */
  run<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>
}

/**
 * Makes a database before the tests of this file, and drops it after them. The server is the one that
 * `CLIENTELE_TEST_POSTGRES` names, or one that is started when the first test asks for it and stopped when all are done.
 */
export function useDatabase(): TestDatabase {
  let url = ''
  const name = `clientele_test_${randomBytes(6).toString('hex')}`
  let admin = ''
  const run = async <Row extends pg.QueryResultRow>(
    connectionString: string,
    sql: string,
    values: readonly unknown[] = [],
  ) => {
    const client = new pg.Client({ connectionString })
    await client.connect()
    try {
      return (await client.query<Row>(sql, values as unknown[])).rows
    } finally {
      await client.end()
    }
  }
  beforeAll(async () => {
    admin = process.env.CLIENTELE_TEST_POSTGRES ?? (await askForServer(inject('postgresLauncher')))
    await run(admin, `CREATE DATABASE ${name}`)
    const address = new URL(admin)
    address.pathname = `/${name}`
    url = address.href
  }, 60_000)
  afterAll(async () => {
    if (url !== '') await run(admin, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  })
  return {
    get url() {
      return url
    },
    urlFor(user, password) {
      const address = new URL(url)
      address.username = user
      address.password = password
      return address.href
    },
    newSchema: () => `s_${randomBytes(6).toString('hex')}`,
    async empty() {
      const tables = await run<{ name: string }>(
        url,
        `SELECT table_schema || '.' || table_name AS name FROM information_schema.tables
         WHERE table_schema = 'clientele' AND table_type = 'BASE TABLE' AND table_name NOT IN ('migrations', 'locks', 'authorization_locks')`,
      )
      if (tables.length > 0) await run(url, `TRUNCATE ${tables.map(({ name }) => name).join(', ')}`)
    },
    run: (sql, values) => run(url, sql, values),
  }
}

/**
 * Where the servers of flow tests keep their registry: in SQLite, or, with `CLIENTELE_TEST_FLOWS=postgres`, in a schema of
 * their own on the PostgreSQL server of the test run. So every flow can be run on both.
 */
export async function storageForFlows(): Promise<Readonly<Record<string, string>>> {
  if (process.env.CLIENTELE_TEST_FLOWS !== 'postgres') return {}
  const url = process.env.CLIENTELE_TEST_POSTGRES ?? (await askForServer(inject('postgresLauncher')))
  return { url, schema: `s_${randomBytes(6).toString('hex')}` }
}

/** The launcher starts the server when the first asks, and says where it is. */
async function askForServer(port: number): Promise<string> {
  const answer = await text(createConnection({ port, host: '127.0.0.1' }))
  if (!answer.startsWith('postgres:')) throw new Error(answer || 'no PostgreSQL server could be started')
  return answer
}

declare module 'vitest' {
  export interface ProvidedContext {
    postgresLauncher: number
  }
}

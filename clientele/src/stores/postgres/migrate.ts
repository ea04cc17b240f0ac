import { sha256 } from '../../runtime/cryptography.ts'
import type { Query } from './line.ts'
import { meaningOf } from './store-error.ts'

/** One step of the schema. Numbers start at 1 and have no gaps. */
export interface Migration {
  readonly number: number
  readonly name: string
  /**
   * The lowest step whose version of Clientele still works when this step was run. While instances are upgraded one after
   * the other, old ones go on beside it: a step changes nothing that the version before reads or writes.
   */
  readonly runsWith: number
  readonly sql: (schema: string) => readonly string[]
}

interface Applied {
  readonly number: number
  readonly name: string
  readonly checksum: string
  readonly runs_with: number
}

export interface MigrateDeps {
  readonly query: Query
  readonly schema: string
  readonly migrations: readonly Migration[]
  /** Epoch seconds. */
  readonly at: number
}

/**
 * Brings the schema up to date, each step in a transaction of its own, and says which it ran. However many instances start at
 * once, each step is run once: whoever runs one holds the lock row of `migrations` meanwhile, and the others wait and look
 * again. Throws, having changed nothing, for a database that this version does not fit.
 */
export async function migrate({ query, schema, migrations, at }: MigrateDeps): Promise<readonly string[]> {
  if (!/^(?!pg_)[a-z_][a-z0-9_]{0,40}$/.test(schema)) throw new SchemaNameError(schema)
  const ran: string[] = []
  const table = `${schema}.migrations`
  let applied = await readApplied(query, table).catch((error: unknown) => {
    // 42601, syntax error: PostgreSQL has reserved the word (its appendix C), and ours is the only one that varies.
    throw codeOf(error) === '42601' ? new SchemaNameError(schema) : error
  })
  if (!applied) {
    // Somebody else may have made it for a user who may not.
    const { rows } = await query(`SELECT 1 FROM pg_namespace WHERE nspname = '${schema}'`)
    if (rows.length === 0) await makeFirst(query, `CREATE SCHEMA IF NOT EXISTS ${schema}`)
    await makeFirst(
      query,
      `CREATE TABLE IF NOT EXISTS ${table} (
         number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, runs_with BIGINT NOT NULL,
         applied_at BIGINT NOT NULL
       )`,
    )
    // The row that whoever migrates holds: step 0, which is no step.
    await query(`INSERT INTO ${table} VALUES (0, 'lock', '', 0, ${at}) ON CONFLICT DO NOTHING`)
    applied = []
  }
  check(applied, schema, migrations)
  for (let next = applied.length; next < migrations.length; next++) {
    const step = migrations[next]!
    await query('BEGIN')
    try {
      await query(`SELECT number FROM ${table} WHERE number = 0 FOR UPDATE`)
      const now = (await readApplied(query, table)) ?? []
      check(now, schema, migrations)
      if (now.length <= next) {
        const sql = step.sql(schema)
        for (const text of sql) await query(text)
        const insert = `INSERT INTO ${table} (number, name, checksum, runs_with, applied_at) VALUES ($1, $2, $3, $4, $5)`
        const values = [step.number, step.name, checksumOf(step), step.runsWith, at]
        await query({ name: 'migrations_insert', text: insert }, values)
        ran.push(`${step.number} ${step.name}`)
      }
      await query('COMMIT')
    } catch (error) {
      await query('ROLLBACK').catch(() => {})
      throw error
    }
  }
  return ran
}

class SchemaNameError extends Error {
  constructor(schema: string) {
    super(
      `"${schema}" cannot be the name of a schema: it has other characters, or PostgreSQL keeps it for itself`,
    )
    this.name = 'SchemaNameError'
  }
}

/** Two who make the same at once can get in each other's way even with IF NOT EXISTS: then it is there. */
async function makeFirst(query: Query, text: string): Promise<void> {
  try {
    await query(text)
  } catch (error) {
    if (meaningOf(error) !== 'contention' && !/^42(P06|P07|710)$/.test(codeOf(error))) throw error
  }
}

async function readApplied(query: Query, table: string): Promise<readonly Applied[] | undefined> {
  try {
    const text = `SELECT number, name, checksum, runs_with FROM ${table} WHERE number > 0 ORDER BY number`
    return (await query<Applied>(text)).rows
  } catch (error) {
    // No such table, no such schema.
    if (/^(42P01|3F000)$/.test(codeOf(error))) return undefined
    throw error
  }
}

function check(applied: readonly Applied[], schema: string, migrations: readonly Migration[]): void {
  for (const { number, name, checksum, runs_with } of applied) {
    const known = migrations[number - 1]
    if (!known && runs_with > migrations.length) {
      throw new Error(
        `The database was written by a newer version of Clientele: its schema step ${number} (${name}) does not work with ` +
          `this version, whose newest step is ${migrations.length}. Start the newer version.`,
      )
    }
    if (known && (known.name !== name || checksumOf(known) !== checksum)) {
      throw new Error(
        `The schema "${schema}" does not fit this version of Clientele: its step ${number} (${name}) is not the one that ` +
          `this version would have run (${known.name}). Start the version that wrote it, or restore a backup.`,
      )
    }
  }
}

/** Of the step, whatever the schema is called. */
function checksumOf(step: Migration): string {
  return sha256(step.sql('schema').join(';\n'))
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

import type { Statement } from './line.ts'

/** One table of ours as the working set sees it: rows under one key, and the five statements that move many at once. */
export interface Table {
  readonly name: string
  readonly columns: readonly string[]
  /** The column that grows with each change, where a row is compared rather than locked. */
  readonly guard: string | undefined
  readonly load: Statement
  readonly insert: Statement
  /** Writes rows whatever is there. */
  readonly put: Statement
  readonly update: Statement
  readonly remove: Statement
  /** What is written with rows that are inserted, in the same transaction and last of all. */
  readonly accompany?: (rows: readonly Row[]) => Accompaniment
}

/** One statement, and its values. */
export interface Accompaniment {
  readonly statement: Statement
  readonly values: readonly unknown[]
}

export type ColumnType = 'text' | 'bigint'

export interface TableShape {
  readonly name: string
  /** The column `key` first. */
  readonly columns: Readonly<Record<string, ColumnType>>
  /**
   * Rows of tables that are spread over machines are compared when they are written, and not locked when they are read: not
   * every database locks rows of several machines in one statement. The few that everybody shares are locked, because
   * comparing would fail all the time.
   */
  readonly guard?: string
}

export type Value = string | number | null
export type Row = Readonly<Record<string, Value>>

export function createTable(schema: string, { name, columns, guard }: TableShape): Table {
  const names = Object.keys(columns)
  const arrays = Object.values(columns).map((type, index) => `$${index + 1}::${type}[]`)
  const others = names.filter((column) => column !== 'key')
  const where = `${schema}.${name}`
  const lock = guard === undefined ? ' ORDER BY key FOR UPDATE' : ''
  const rows = `SELECT * FROM unnest(${arrays.join(', ')})`
  const compare = guard === undefined ? '' : ` AND t.${guard} = u.was`
  const was = guard === undefined ? '' : `, $${names.length + 1}::bigint[]`
  const replaced = others.map((column) =>
    column === guard ? `${column} = ${name}.${column} + 1` : `${column} = excluded.${column}`,
  )
  const statement = (kind: string, text: string): Statement => ({ name: `${name}_${kind}`, text })
  return {
    name,
    columns: names,
    guard,
    load: statement(
      'load',
      `SELECT ${names.join(', ')} FROM ${where} WHERE key = ANY($1::${columns.key}[])${lock}`,
    ),
    insert: statement('insert', `INSERT INTO ${where} (${names.join(', ')}) ${rows}`),
    put: statement(
      'put',
      `INSERT INTO ${where} (${names.join(', ')}) ${rows} ON CONFLICT (key) DO UPDATE SET ${replaced.join(', ')}`,
    ),
    update: statement(
      'update',
      `UPDATE ${where} AS t SET ${others.map((column) => `${column} = u.${column}`).join(', ')}
       FROM unnest(${arrays.join(', ')}${was}) AS u (${names.join(', ')}${guard === undefined ? '' : ', was'})
       WHERE t.key = u.key${compare}`,
    ),
    remove: statement('remove', `DELETE FROM ${where} WHERE key = ANY($1::${columns.key}[])`),
  }
}

/** Rows as one array a column, which is what `unnest` takes. */
export function toColumns(columns: readonly string[], rows: readonly Row[]): Value[][] {
  return columns.map((column) => rows.map((row) => row[column] ?? null))
}

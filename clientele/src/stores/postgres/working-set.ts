import type { Statement } from './line.ts'
import { Contention } from './store-error.ts'
import { type Row, type Table, toColumns, type Value } from './table.ts'

/**
 * The rows that a transaction has in its hands. Everything that a batch of operations must look at is read first, many rows
 * in one statement; then each operation decides in its turn, on these rows, seeing what those before it did; then what has
 * changed is written, many rows in one statement. So a batch costs the same few round trips whether one caller is in it or
 * two hundred, and outcomes are as if each had come alone.
 */
export interface WorkingSet {
  /** A row that the operation said it needs, as those before it left it. */
  get(table: Table, key: Value): Row | undefined
  /** Changes, makes or (undefined) removes a row that `get` was asked for. */
  set(table: Table, key: Value, row: Row | undefined): void
  /** Writes a row, or (undefined) removes it, whatever is there. */
  put(table: Table, key: Value, row: Row | undefined): void
  /** Adds a row under a key that is new. */
  add(table: Table, row: Row): void
}

/** A row that an operation looks at. */
export interface Need {
  readonly table: Table
  readonly key: Value
  /**
   * It will not be there, so it is not looked for: should it be there after all, the insert fails, and everything is tried
   * again with a look.
   */
  readonly isNew?: boolean
}

/** An operation found out from what it read that it needs more: its `needs` have it now, and the batch begins again. */
export class LookAgain extends Contention {}

/** One statement of the writing, and how many rows it must change; undefined where any number is right. */
export interface Write {
  readonly statement: Statement
  readonly values: readonly unknown[]
  readonly count: number | undefined
}

interface Entry {
  /** Undefined where there was none; `unknown` where nobody looked. */
  readonly before: Row | undefined | 'unknown'
  now: Row | undefined
}

/** `rows`: what was read, of what was `needed`. */
export function createWorkingSet(read: ReadonlyMap<Table, ReadonlyMap<Value, Row>>) {
  const entries = new Map<Table, Map<Value, Entry>>()
  const added = new Map<Table, Row[]>()

  function entriesOf(table: Table): Map<Value, Entry> {
    let ofTable = entries.get(table)
    if (!ofTable) {
      ofTable = new Map()
      entries.set(table, ofTable)
    }
    return ofTable
  }
  function find(table: Table, key: Value): Entry {
    const ofTable = entriesOf(table)
    let entry = ofTable.get(key)
    if (!entry) {
      const before = read.get(table)?.get(key)
      entry = { before, now: before }
      ofTable.set(key, entry)
    }
    return entry
  }

  const set: WorkingSet = {
    get: (table, key) => find(table, key).now,
    set(table, key, row) {
      find(table, key).now = row
    },
    put(table, key, row) {
      const ofTable = entriesOf(table)
      const known = ofTable.get(key) ?? (read.get(table)?.has(key) ? find(table, key) : undefined)
      if (known) known.now = row
      else ofTable.set(key, { before: 'unknown', now: row })
    },
    add(table, row) {
      const rows = added.get(table)
      if (rows) rows.push(row)
      else added.set(table, [row])
    },
  }
  return { set, writes: (order: readonly Table[]) => order.flatMap((table) => writesOf(table)) }

  function writesOf(table: Table): Write[] {
    const inserted: Row[] = [...(added.get(table) ?? [])]
    const [put, updated, was, erased]: [Row[], Row[], Value[], Value[]] = [[], [], [], []]
    for (const [key, { before, now }] of entries.get(table) ?? []) {
      if (before === now) continue
      if (now && before === 'unknown') put.push(now)
      else if (now && before === undefined) inserted.push(now)
      else if (now) {
        const old = table.guard === undefined ? undefined : Number((before as Row)[table.guard])
        updated.push(old === undefined ? now : { ...now, [table.guard!]: old + 1 })
        was.push(old ?? null)
      } else erased.push(key)
    }
    const writes: Write[] = []
    const { columns, guard } = table
    if (erased.length > 0) writes.push({ statement: table.remove, values: [erased], count: undefined })
    if (updated.length > 0) {
      const values = toColumns(columns, updated)
      // A locked row cannot have changed; a compared one can.
      if (guard === undefined) writes.push({ statement: table.update, values, count: undefined })
      else writes.push({ statement: table.update, values: [...values, was], count: updated.length })
    }
    if (put.length > 0)
      writes.push({ statement: table.put, values: toColumns(columns, put), count: undefined })
    // A row that is there already makes this fail, so its count needs no look.
    if (inserted.length > 0) {
      writes.push({ statement: table.insert, values: toColumns(columns, inserted), count: undefined })
      if (table.accompany) writes.push({ ...table.accompany(inserted), count: undefined })
    }
    return writes
  }
}

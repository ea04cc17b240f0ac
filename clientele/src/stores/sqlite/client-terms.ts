import type { Database } from 'better-sqlite3'
import { type StoredText, toStored } from './stored-text.ts'

/** What clients are found by (`ClientRecord.terms`), within the transaction that changes the client. */
export interface ClientTerms {
  /** Makes `now` the terms of the client that lies under `key`, whose terms were `before`. */
  writeTerms(key: number, before: readonly string[] | undefined, now: readonly string[] | undefined): void
}

/** One row for each term of each client. Terms that stay are not touched, and a client without any costs nothing. */
export function createSqliteClientTerms(database: Database): ClientTerms {
  const insert = database.prepare<[StoredText, number]>('INSERT INTO client_terms (term, key) VALUES (?, ?)')
  const remove = database.prepare<[StoredText, number]>('DELETE FROM client_terms WHERE term = ? AND key = ?')
  return {
    writeTerms(key, before, now) {
      if (!(before?.length || now?.length)) return
      const [old, wanted] = [new Set(before), new Set(now)]
      for (const term of old) if (!wanted.has(term)) remove.run(toStored(term), key)
      for (const term of wanted) if (!old.has(term)) insert.run(toStored(term), key)
    },
  }
}

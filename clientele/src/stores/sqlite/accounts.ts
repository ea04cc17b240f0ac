import type { Database } from 'better-sqlite3'
import type { AccountRecord, AccountStore } from '../store.ts'
import { prepareAudit, type SqliteAudit } from './audit.ts'
import type { GroupCommit } from './group-commit.ts'
import type { Reads } from './reads.ts'
import { fromStored, type StoredText, toStored } from './stored-text.ts'

/** The end-users who can sign in. */
export function createSqliteAccounts(
  database: Database,
  reads: Reads,
  commit: GroupCommit,
  audit: SqliteAudit,
): AccountStore {
  const insert = database.prepare(
    'INSERT INTO accounts (id, email, password_hash, created_at) VALUES (?, ?, ?, ?)',
  )
  const select = database.prepare<[StoredText], AccountRow>('SELECT * FROM accounts WHERE id = ?')
  const selectByEmail = database.prepare<[StoredText], AccountRow>('SELECT * FROM accounts WHERE email = ?')

  return {
    async createAccount({ id, email, passwordHash, createdAt }, record) {
      const prepared = prepareAudit(record)
      const outcome = await commit.write(() => {
        if (selectByEmail.get(toStored(email))) return 'email_taken'
        if (select.get(toStored(id))) return 'id_taken'
        insert.run(toStored(id), toStored(email), passwordHash, createdAt)
        audit.append(prepared)
        return 'created'
      })
      if (outcome === 'id_taken') throw new Error('an account with this id exists')
      return outcome
    },
    async findAccount(id) {
      const row = reads(() => select.get(toStored(id)))
      return row && toRecord(row)
    },
    async findAccountByEmail(email) {
      const row = reads(() => selectByEmail.get(toStored(email)))
      return row && toRecord(row)
    },
  }
}

interface AccountRow {
  readonly id: StoredText
  readonly email: StoredText
  readonly password_hash: string
  readonly created_at: number
}

function toRecord(row: AccountRow): AccountRecord {
  return {
    id: fromStored(row.id),
    email: fromStored(row.email),
    passwordHash: row.password_hash,
    createdAt: row.created_at,
  }
}

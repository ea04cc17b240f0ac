import type { AccountRecord, AccountStore } from '../store.ts'
import type { KeyedCredentialsDeps } from './keyed-credentials.ts'
import { toName } from './stored-name.ts'

/** The end-users who can sign in. An email address is a row of its own: so it is unique however accounts are spread. */
export function createPostgresAccounts({
  schema,
  tables,
  reads,
  commit,
  prepareAudit,
}: KeyedCredentialsDeps): AccountStore {
  const { accounts, accountEmails } = tables
  const select = { name: 'accounts_find', text: `SELECT record FROM ${schema}.accounts WHERE key = $1` }
  const selectByEmail = {
    name: 'accounts_by_email',
    text: `SELECT a.record FROM ${schema}.account_emails AS e JOIN ${schema}.accounts AS a ON a.key = e.account_key
           WHERE e.key = $1`,
  }
  return {
    async createAccount(account, record) {
      const key = toName(account.id)
      const email = toName(account.email)
      const row = { key, record: JSON.stringify(account) }
      const audit = prepareAudit(record)
      const outcome = await commit.write<'created' | 'email_taken' | 'id_taken'>({
        needs: [
          { table: accounts, key },
          { table: accountEmails, key: email },
        ],
        run(set) {
          if (set.get(accountEmails, email)) return 'email_taken'
          if (set.get(accounts, key)) return 'id_taken'
          set.set(accounts, key, row)
          set.set(accountEmails, email, { key: email, account_key: key })
          set.add(tables.audit, audit())
          return 'created'
        },
      })
      if (outcome === 'id_taken') throw new Error('an account with this id exists')
      return outcome
    },
    async findAccount(id) {
      return parse((await reads<AccountRow>(select, [toName(id)]))[0])
    },
    async findAccountByEmail(email) {
      return parse((await reads<AccountRow>(selectByEmail, [toName(email)]))[0])
    },
  }
}

interface AccountRow {
  readonly record: string
}

function parse(row: AccountRow | undefined): AccountRecord | undefined {
  return row && (JSON.parse(row.record) as AccountRecord)
}

import { StoreUnavailable } from '../../stores/store.ts'
import { sampleAccount, sampleAudit } from '../store-samples.ts'
import type { TestFunctions } from '../test-functions.ts'
import { type Case, countAnswers, HOSTILE_TEXTS } from './store-case.ts'

/** The guarantees of `AccountStore`. */
export function describeAccounts(withStore: Case, { describe, expect }: TestFunctions): void {
  const created = (id: string) => sampleAudit(id, 'account.created')

  describe('for accounts', () => {
    withStore('finds an account by id and by email, exactly as it was handed in', async (store) => {
      const account = sampleAccount({ email: 'jürgen+tag@exämple.example' })
      expect(await store.createAccount(account, created(account.id))).toBe('created')
      expect(await store.findAccount(account.id)).toStrictEqual(account)
      expect(await store.findAccountByEmail(account.email)).toStrictEqual(account)
      expect(await store.findAccount(account.email)).toBe(undefined)
      expect(await store.findAccountByEmail(account.email.toUpperCase())).toBe(undefined)
      expect(await store.listAudit({ limit: 9 })).toStrictEqual([created(account.id)])
    })

    withStore('takes any text for an id and an email', async (store) => {
      for (const text of HOSTILE_TEXTS) {
        expect(await store.findAccount(text)).toBe(undefined)
        expect(await store.findAccountByEmail(text)).toBe(undefined)
      }
      for (const text of HOSTILE_TEXTS) {
        const account = sampleAccount({ id: text, email: text })
        expect(await store.createAccount(account, created(text))).toBe('created')
      }
      for (const text of HOSTILE_TEXTS) {
        expect((await store.findAccount(text))?.email).toBe(text)
        expect((await store.findAccountByEmail(text))?.id).toBe(text)
      }
    })

    withStore('gives an email to exactly one of 50 accounts that ask at once', async (store) => {
      const counts = await countAnswers(50, () => {
        const account = sampleAccount({ email: 'one@client.example' })
        return store.createAccount(account, created(account.id))
      })
      expect(counts).toStrictEqual({ created: 1, email_taken: 49 })
      expect((await store.listAudit({ limit: 99 })).length).toBe(1)
    })

    withStore('refuses a second account under one id, and keeps the first', async (store) => {
      const account = sampleAccount()
      await store.createAccount(account, created(account.id))
      const other = { ...account, email: 'other@client.example' }
      const error = await store.createAccount(other, created(account.id)).catch((thrown) => thrown)
      expect(error instanceof Error && !(error instanceof StoreUnavailable)).toBe(true)
      expect(await store.findAccount(account.id)).toStrictEqual(account)
      expect(await store.findAccountByEmail(other.email)).toBe(undefined)
      expect((await store.listAudit({ limit: 9 })).length).toBe(1)
    })
  })
}

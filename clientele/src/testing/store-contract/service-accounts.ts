import { SAMPLE_TIME, sampleAudit, sampleServiceAccount } from '../store-samples.ts'
import type { TestFunctions } from '../test-functions.ts'
import { type Case, countAnswers, HOSTILE_TEXTS } from './store-case.ts'

/** The guarantees of `ServiceAccountStore`. */
export function describeServiceAccounts(withStore: Case, { describe, expect }: TestFunctions): void {
  const created = (name: string) => sampleAudit(name, 'service_account.created')
  const deleted = (name: string) => sampleAudit(name, 'service_account.deleted')

  describe('for service accounts', () => {
    withStore('finds an account exactly as it was handed in, whatever its name', async (store) => {
      const full = sampleServiceAccount({ label: 'N\u0000 \ud800', owner: 'ann', permissions: [] })
      const accounts = [full, ...HOSTILE_TEXTS.map((name) => sampleServiceAccount({ name }))]
      for (const { name } of accounts) expect(await store.findServiceAccount(name)).toBe(undefined)
      for (const account of accounts)
        expect(await store.createServiceAccount(account, created(account.name))).toBe('created')
      for (const account of accounts)
        expect(await store.findServiceAccount(account.name)).toStrictEqual(account)
      expect(await store.listServiceAccounts({ limit: 99 })).toStrictEqual(accounts)
      expect(await store.listServiceAccounts({ limit: 2, after: full.name })).toStrictEqual(
        accounts.slice(1, 3),
      )
      expect(await store.listServiceAccounts({ limit: 2, after: 'nobody' })).toStrictEqual([])
    })

    withStore('gives a name to exactly one of 50 who ask at once', async (store) => {
      const account = sampleServiceAccount()
      const counts = await countAnswers(50, (index) =>
        store.createServiceAccount({ ...account, passwordHash: `${index}` }, created(account.name)),
      )
      expect(counts).toStrictEqual({ created: 1, name_taken: 49 })
      expect((await store.listAudit({ limit: 99 })).length).toBe(1)
    })

    withStore('deletes an account once, and its name is free again', async (store) => {
      const account = sampleServiceAccount()
      const { name } = account
      await store.createServiceAccount(account, created(name))
      const counts = await countAnswers(50, () => store.deleteServiceAccount(name, deleted(name)))
      expect(counts).toStrictEqual({ true: 1, false: 49 })
      expect(await store.findServiceAccount(name)).toBe(undefined)
      const again = { ...account, passwordHash: 'other' }
      expect(await store.createServiceAccount(again, created(name))).toBe('created')
      expect(await store.findServiceAccount(name)).toStrictEqual(again)
      expect(await store.listAudit({ limit: 9 })).toStrictEqual([created(name), deleted(name), created(name)])
    })

    withStore('notes the last use forward and never back, of accounts that exist', async (store) => {
      const account = sampleServiceAccount()
      await store.createServiceAccount(account, created(account.name))
      const uses = [7, 9, 8].map((after) => store.noteServiceAccountUse(account.name, SAMPLE_TIME + after))
      await Promise.all([...uses, store.noteServiceAccountUse('nobody', SAMPLE_TIME)])
      expect(await store.listServiceAccounts({ limit: 9 })).toStrictEqual([
        { ...account, lastUsedAt: SAMPLE_TIME + 9 },
      ])
      expect((await store.listAudit({ limit: 9 })).length).toBe(1)
    })
  })
}

import { type Store, StoreUnavailable } from '../stores/store.ts'
import { describeAccounts } from './store-contract/accounts.ts'
import { describeApiKeys } from './store-contract/api-keys.ts'
import { describeArtifacts } from './store-contract/artifacts.ts'
import { describeBudgets } from './store-contract/budgets.ts'
import { describeClientLists } from './store-contract/client-lists.ts'
import { describeClients } from './store-contract/clients.ts'
import { describeFeed } from './store-contract/feed.ts'
import { describeHeldBudgets } from './store-contract/held-budgets.ts'
import { describeInitialAccessTokens } from './store-contract/initial-access-tokens.ts'
import { describeLeases } from './store-contract/leases.ts'
import { describeReplayMarks } from './store-contract/replay-marks.ts'
import { describeServiceAccounts } from './store-contract/service-accounts.ts'
import { describeSigningKeys } from './store-contract/signing-keys.ts'
import type { Case } from './store-contract/store-case.ts'
import { sampleApiKey, sampleArtifact, sampleAudit, sampleClient } from './store-samples.ts'
import type { TestFunctions } from './test-functions.ts'

/**
 * The contract of `stores/store.ts` as a test suite. A backend that passes it can be trusted by every verb.
 *
 *     describeStore('my store', () => openMyStore(), { describe, it, expect })
 *
 * `open` gives a new, empty store each time; the suite closes it.
 */
export function describeStore(name: string, open: () => Promise<Store>, functions: TestFunctions): void {
  const { describe, it, expect } = functions
  const withStore: Case = (sentence, body) => {
    it(sentence, async () => {
      const store = await open()
      try {
        await body(store)
      } finally {
        await store.close()
      }
    })
  }

  describe(`${name} keeps the store contract`, () => {
    describeClients(withStore, functions)
    describeClientLists(withStore, functions)
    describeBudgets(withStore, functions)
    describeHeldBudgets(withStore, functions)
    describeInitialAccessTokens(withStore, functions)
    describeApiKeys(withStore, functions)
    describeServiceAccounts(withStore, functions)
    describeArtifacts(withStore, functions)
    describeReplayMarks(withStore, functions)
    describeAccounts(withStore, functions)
    describeSigningKeys(withStore, functions)
    describeFeed(withStore, functions)
    describeLeases(withStore, functions)

    describe('as a whole', () => {
      withStore('is ready once open', async (store) => {
        expect(await store.ready()).toBe(undefined)
      })
      withStore(
        'lists audit records newest first, of one subject or of all, up to a limit',
        async (store) => {
          const [first, second] = [sampleClient(), sampleClient()]
          const detail = { note: 'ümläut \u0000 \ud800', nested: { list: [1, null, true] } }
          await store.createClient(first, { audit: { ...sampleAudit(first.id), detail } })
          await store.createClient(second, { audit: sampleAudit(second.id) })
          await store.deleteClient(first.id, sampleAudit(first.id, 'client.deleted'))
          const created = { ...sampleAudit(first.id), detail }
          const deleted = sampleAudit(first.id, 'client.deleted')
          expect(await store.listAudit({ limit: 10 })).toStrictEqual([
            deleted,
            sampleAudit(second.id),
            created,
          ])
          expect(await store.listAudit({ subject: first.id, limit: 10 })).toStrictEqual([deleted, created])
          expect(await store.listAudit({ subject: first.id, limit: 1 })).toStrictEqual([deleted])
          expect(await store.listAudit({ subject: 'nobody', limit: 10 })).toStrictEqual([])

          const used = { ...sampleAudit('nobody', 'client.used_unregistered'), detail }
          await store.appendAudit(used)
          expect(await store.listAudit({ limit: 1 })).toStrictEqual([used])
          expect(await store.listAudit({ subject: 'nobody', limit: 10 })).toStrictEqual([used])
        },
      )
      withStore(
        'finishes what was accepted before it closes, and closes twice without complaint',
        async (store) => {
          const accepted = Array.from({ length: 50 }, () => {
            const client = sampleClient()
            return store.createClient(client, { audit: sampleAudit(client.id) })
          })
          const closed = store.close()
          expect(new Set(await Promise.all(accepted))).toStrictEqual(new Set(['created']))
          await closed
          await store.close()
        },
      )
      withStore('refuses everything with StoreUnavailable once closed', async (store) => {
        await store.close()
        const client = sampleClient()
        await expect(store.ready()).rejects.toThrow(StoreUnavailable)
        await expect(store.findClient(client.id)).rejects.toThrow(StoreUnavailable)
        await expect(store.createClient(client, { audit: sampleAudit(client.id) })).rejects.toThrow(
          StoreUnavailable,
        )
        await expect(store.listClients({ limit: 1 })).rejects.toThrow(StoreUnavailable)
        await expect(store.countBudget('x', 1)).rejects.toThrow(StoreUnavailable)
        await expect(store.deleteExpiredBudgets(1, 1)).rejects.toThrow(StoreUnavailable)
        await expect(store.findApiKey('x')).rejects.toThrow(StoreUnavailable)
        await expect(store.noteApiKeyUse(sampleApiKey().id, 5)).rejects.toThrow(StoreUnavailable)
        await expect(store.findServiceAccount('x')).rejects.toThrow(StoreUnavailable)
        await expect(store.listInitialAccessTokens({ limit: 1 })).rejects.toThrow(StoreUnavailable)
        await expect(store.saveArtifact(sampleArtifact())).rejects.toThrow(StoreUnavailable)
        await expect(store.listAuditAfter({ limit: 1 })).rejects.toThrow(StoreUnavailable)
        await expect(store.findCursor('x')).rejects.toThrow(StoreUnavailable)
        await expect(store.takeLease({ name: 'x', holder: 'y', seconds: 1 })).rejects.toThrow(
          StoreUnavailable,
        )
      })
    })
  })
}

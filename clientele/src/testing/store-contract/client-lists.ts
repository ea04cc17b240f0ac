import type { ClientRecord } from '../../clients/client.ts'
import type { Store } from '../../stores/store.ts'
import { sampleAudit, sampleClient } from '../store-samples.ts'
import type { TestFunctions } from '../test-functions.ts'
import { type Case, HOSTILE_TEXTS } from './store-case.ts'

/** How clients are listed: page by page, all of them or those with a term. */
export function describeClientLists(withStore: Case, { describe, expect }: TestFunctions): void {
  const create = async (store: Store, client: ClientRecord) =>
    expect(await store.createClient(client, { audit: sampleAudit(client.id) })).toBe('created')
  const replace = async (store: Store, client: ClientRecord) =>
    expect(await store.replaceClient(client, { audit: sampleAudit(client.id) })).toBe('replaced')
  const remove = async (store: Store, id: string) =>
    expect(await store.deleteClient(id, sampleAudit(id, 'client.deleted'))).toBe(true)
  const ids = async (store: Store, page: Parameters<Store['listClients']>[0]) =>
    (await store.listClients(page)).map(({ id }) => id)
  /** Every page from the first to the one that is not full; `between` happens after each. */
  async function all(
    store: Store,
    limit: number,
    term?: string,
    between: (found: string[]) => unknown = () => {},
  ) {
    const found: string[] = []
    for (;;) {
      const after = found.at(-1)
      const page = await ids(store, {
        limit,
        ...(after === undefined ? {} : { after }),
        ...(term === undefined ? {} : { term }),
      })
      found.push(...page)
      if (page.length < limit) return found
      if (found.length > 200) throw new Error('the list never ends')
      await between(found)
    }
  }

  describe('for lists of clients', () => {
    withStore('shows each client once, page by page, exactly as it was handed in', async (store) => {
      expect(await store.listClients({ limit: 9 })).toStrictEqual([])
      const twin = sampleClient()
      const clients = [
        twin,
        ...HOSTILE_TEXTS.map((id) => sampleClient({ id, terms: ['x=1', `id=${id}`], holds: ['k'] })),
        sampleClient({ id: `${twin.id.slice(0, -1)}${twin.id.endsWith('0') ? '1' : '0'}` }),
        ...Array.from({ length: 5 }, () => sampleClient()),
      ]
      for (const client of clients) await create(store, client)
      const everybody = await store.listClients({ limit: 99 })
      const byId = new Map(everybody.map((client) => [client.id, client]))
      expect(everybody.length).toBe(clients.length)
      for (const client of clients) expect(byId.get(client.id)).toStrictEqual(client)
      const order = everybody.map(({ id }) => id)
      for (const limit of [1, 2, 7, order.length, 99]) expect(await all(store, limit)).toStrictEqual(order)
      expect(await store.listClients({ limit: 0 })).toStrictEqual([])
    })

    withStore(
      'goes on behind any client, also one that is deleted, and behind nobody nowhere',
      async (store) => {
        const clients = [...HOSTILE_TEXTS.map((id) => sampleClient({ id })), sampleClient(), sampleClient()]
        for (const client of clients) await create(store, client)
        const order = await ids(store, { limit: 99 })
        for (const after of ['nobody', '\u0000\u0000', sampleClient().id])
          expect(await ids(store, { limit: 9, after })).toStrictEqual([])
        for (const [index, after] of order.entries()) {
          expect(await ids(store, { limit: 99, after })).toStrictEqual(order.slice(index + 1))
          await remove(store, after)
          expect(await ids(store, { limit: 99, after })).toStrictEqual(order.slice(index + 1))
          expect(await ids(store, { limit: 1 })).toStrictEqual(order.slice(index + 1, index + 2))
        }
      },
    )

    withStore('keeps its order while clients come, change and go', async (store) => {
      const stay = Array.from({ length: 12 }, (_, index) =>
        sampleClient(index % 3 === 0 ? { id: `stays ${index}` } : {}),
      )
      const go = Array.from({ length: 12 }, (_, index) =>
        sampleClient(index % 3 === 0 ? { id: `goes ${index}` } : {}),
      )
      for (const [index, client] of stay.entries()) {
        await create(store, client)
        await create(store, go[index]!)
      }
      const order = (await ids(store, { limit: 99 })).filter((id) => stay.some((client) => client.id === id))
      const left = [...go]
      const revisions = new Map(stay.map(({ id }) => [id, 1]))
      const found = await all(store, 3, undefined, async (seen) => {
        await create(store, sampleClient())
        await create(store, sampleClient({ id: `new ${seen.length}` }))
        const gone = left.find(({ id }) => id === seen.at(-1)) ?? left[0]
        if (gone) {
          await remove(store, gone.id)
          left.splice(left.indexOf(gone), 1)
        }
        for (const client of [stay[0]!, stay[7]!, stay.at(-1)!]) {
          const revision = revisions.get(client.id)! + 1
          revisions.set(client.id, revision)
          await replace(store, { ...client, revision })
        }
      })
      expect(new Set(found).size).toBe(found.length)
      expect(found.filter((id) => revisions.has(id))).toStrictEqual(order)
      expect((await ids(store, { limit: 99 })).filter((id) => revisions.has(id))).toStrictEqual(order)
    })

    withStore('finds clients by their terms, of any text, in the order of the whole list', async (store) => {
      const terms = [...HOSTILE_TEXTS, 'tenant=acme']
      const clients = Array.from({ length: 6 }, (_, index) =>
        sampleClient(index % 2 === 0 ? { terms } : { id: `named ${index}`, terms }),
      )
      const others = Array.from({ length: 6 }, (_, index) =>
        sampleClient(index % 2 === 0 ? {} : { terms: ['tenant=acm', 'tenant=acme2', 'TENANT=ACME'] }),
      )
      for (const [index, client] of clients.entries()) {
        await create(store, client)
        await create(store, others[index]!)
      }
      const whole = await ids(store, { limit: 99 })
      const wanted = whole.filter((id) => clients.some((client) => client.id === id))
      for (const term of terms) {
        for (const limit of [1, 4, 99]) expect(await all(store, limit, term)).toStrictEqual(wanted)
      }
      for (const term of ['tenant', 'tenant=%', '=acme', 'nothing'])
        expect(await ids(store, { limit: 9, term })).toStrictEqual([])
      // Behind a client that has not got the term, and behind one that is no more.
      for (const [index, after] of whole.entries()) {
        const behind = wanted.filter((id) => whole.indexOf(id) > index)
        expect(await ids(store, { limit: 99, after, term: 'tenant=acme' })).toStrictEqual(behind)
      }
      const first = wanted[0]!
      await remove(store, first)
      expect(await ids(store, { limit: 99, after: first, term: 'tenant=acme' })).toStrictEqual(
        wanted.slice(1),
      )
      expect(await ids(store, { limit: 99, term: 'tenant=acme' })).toStrictEqual(wanted.slice(1))
    })

    withStore(
      'finds a client by the terms of its newest revision alone, until it is deleted',
      async (store) => {
        for (const id of [sampleClient().id, 'any text']) {
          const client = sampleClient({ id, terms: ['a', 'b', 'a', ...HOSTILE_TEXTS] })
          await create(store, client)
          const found = async () => {
            const hits: string[] = []
            for (const term of ['a', 'b', 'c']) {
              const [hit, ...more] = await store.listClients({ limit: 9, term })
              expect(more).toStrictEqual([])
              if (hit) hits.push(`${term}${hit.revision}`)
            }
            return hits
          }
          expect(await found()).toStrictEqual(['a1', 'b1'])
          await store.findClient(id)
          await replace(store, { ...client, terms: ['b', 'c', 'c'], revision: 2 })
          expect(await found()).toStrictEqual(['b2', 'c2'])
          await replace(store, { ...client, terms: [], revision: 3 })
          expect(await found()).toStrictEqual([])
          for (const term of HOSTILE_TEXTS)
            expect((await store.listClients({ limit: 9, term })).length).toBe(0)
          // Three changes that may share one transaction, in whatever order they come.
          const audit = sampleAudit(id)
          await Promise.all([
            store.replaceClient({ ...client, terms: ['a'], revision: 4 }, { audit }),
            store.replaceClient({ ...client, terms: ['b'], revision: 5 }, { audit }),
            store.replaceClient({ ...client, terms: ['c'], revision: 6 }, { audit }),
          ])
          const now = (await store.findClient(id))!
          expect(now.revision > 3).toBe(true)
          expect(await found()).toStrictEqual([`${now.terms![0]}${now.revision}`])
          await remove(store, id)
          expect(await found()).toStrictEqual([])
        }
      },
    )

    withStore(
      'finds by the terms that were handed in, whatever happens to them afterwards',
      async (store) => {
        const terms = ['a']
        const client = sampleClient({ terms })
        const created = create(store, client)
        terms[0] = 'b'
        await created
        const replaced = replace(store, { ...client, terms, revision: 2 })
        terms[0] = 'c'
        await replaced
        const found = async (term: string) => (await store.listClients({ limit: 9, term })).length
        expect([await found('a'), await found('b'), await found('c')]).toStrictEqual([0, 1, 0])
      },
    )

    withStore('is not changed by a caller who tries to change what was listed', async (store) => {
      const client = sampleClient({ terms: ['a'] })
      await create(store, client)
      for (const term of [{}, { term: 'a' }]) {
        const [listed] = await store.listClients({ limit: 1, ...term })
        try {
          Object.assign(listed!.granted, { client_name: 'attacker' })
        } catch {
          // A frozen record refuses: just as good.
        }
        expect(await store.listClients({ limit: 1, ...term })).toStrictEqual([client])
        expect(await store.findClient(client.id)).toStrictEqual(client)
      }
    })
  })
}

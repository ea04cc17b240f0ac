import type { JsonObject } from '../../oauth/json.ts'
import { sampleAudit, sampleClient } from '../store-samples.ts'
import type { TestFunctions } from '../test-functions.ts'
import { type Case, countAnswers, HOSTILE_TEXTS } from './store-case.ts'

/** The guarantees of `ClientStore` that do not speak of initial access tokens. */
export function describeClients(withStore: Case, { describe, expect }: TestFunctions): void {
  describe('for clients', () => {
    withStore('finds a created client exactly as it was handed in', async (store) => {
      const plain = sampleClient()
      const granted = { ...plain.granted, ...difficultMetadata() }
      const client = sampleClient({ requested: difficultMetadata(), granted })
      expect(await store.createClient(plain, { audit: sampleAudit(plain.id) })).toBe('created')
      expect(await store.createClient(client, { audit: sampleAudit(client.id) })).toBe('created')
      expect(await store.findClient(plain.id)).toStrictEqual(plain)
      const found = await store.findClient(client.id)
      expect(found).toStrictEqual(client)
      expect(Object.getOwnPropertyDescriptor(found!.granted, '__proto__')?.value).toStrictEqual({
        polluted: true,
      })
      expect(found!.granted.client_name === client.granted.client_name).toBe(true)
    })

    withStore('finds the same again after it was found once', async (store) => {
      const client = sampleClient()
      await store.createClient(client, { audit: sampleAudit(client.id) })
      await store.findClient(client.id)
      expect(await store.findClient(client.id)).toStrictEqual(client)
    })

    withStore('keeps clients under ids of any kind apart', async (store) => {
      for (const id of HOSTILE_TEXTS) {
        expect(await store.findClient(id)).toBe(undefined)
        expect(await store.isClientIdTaken(id)).toBe(false)
        expect(await store.deleteClient(id, sampleAudit(id, 'client.deleted'))).toBe(false)
        expect(await store.replaceClient(sampleClient({ id, revision: 2 }), { audit: sampleAudit(id) })).toBe(
          'gone',
        )
      }
      expect(await store.listAudit({ limit: 1 })).toStrictEqual([])
      for (const id of HOSTILE_TEXTS) {
        expect(await store.createClient(sampleClient({ id }), { audit: sampleAudit(id) })).toBe('created')
      }
      for (const id of HOSTILE_TEXTS) {
        expect(await store.findClient(id)).toStrictEqual(sampleClient({ id }))
        expect(await store.replaceClient(sampleClient({ id, revision: 2 }), { audit: sampleAudit(id) })).toBe(
          'replaced',
        )
        expect((await store.findClient(id))?.revision).toBe(2)
        expect(await store.listAudit({ subject: id, limit: 9 })).toStrictEqual([
          sampleAudit(id),
          sampleAudit(id),
        ])
        expect(await store.isClientIdTaken(id)).toBe(true)
        expect(await store.deleteClient(id, sampleAudit(id, 'client.deleted'))).toBe(true)
        expect(await store.findClient(id)).toBe(undefined)
        expect(await store.isClientIdTaken(id)).toBe(true)
      }
    })

    withStore('keeps two clients apart whose ids differ only in their random part', async (store) => {
      const client = sampleClient()
      const twin = sampleClient({ id: `${client.id.slice(0, -1)}${client.id.endsWith('0') ? '1' : '0'}` })
      expect(await store.findClient(twin.id)).toBe(undefined)
      expect(await store.createClient(client, { audit: sampleAudit(client.id) })).toBe('created')
      expect(await store.findClient(twin.id)).toBe(undefined)
      expect(await store.deleteClient(twin.id, sampleAudit(twin.id))).toBe(false)
      expect(await store.createClient(twin, { audit: sampleAudit(twin.id) })).toBe('created')
      expect(await store.createClient(twin, { audit: sampleAudit(twin.id) })).toBe('id_taken')
      expect(await store.deleteClient(client.id, sampleAudit(client.id))).toBe(true)
      expect(await store.findClient(client.id)).toBe(undefined)
      expect(await store.findClient(twin.id)).toStrictEqual(twin)
    })

    withStore(
      'creates one of 50 clients that ask for one id at once, with one audit record',
      async (store) => {
        const client = sampleClient()
        const counts = await countAnswers(50, (index) =>
          store.createClient(
            { ...client, registrationAccessTokenHash: `${index}` },
            { audit: sampleAudit(client.id) },
          ),
        )
        expect(counts).toStrictEqual({ created: 1, id_taken: 49 })
        expect(await store.listAudit({ limit: 99 })).toStrictEqual([sampleAudit(client.id)])
      },
    )

    withStore('replaces a client once per revision, whoever asks', async (store) => {
      const client = sampleClient()
      await store.createClient(client, { audit: sampleAudit(client.id) })
      const audit = sampleAudit(client.id, 'client.updated')
      const counts = await countAnswers(50, () => store.replaceClient({ ...client, revision: 2 }, { audit }))
      expect(counts).toStrictEqual({ replaced: 1, conflict: 49 })
      expect(await store.listAudit({ limit: 99 })).toStrictEqual([audit, sampleAudit(client.id)])
    })

    withStore('shows the newest revision to the very next call', async (store) => {
      const client = sampleClient()
      await store.createClient(client, { audit: sampleAudit(client.id) })
      for (let revision = 2; revision < 6; revision++) {
        await store.findClient(client.id)
        const changed = {
          ...client,
          revision,
          granted: { ...client.granted, client_name: `name ${revision}` },
        }
        expect(await store.replaceClient(changed, { audit: sampleAudit(client.id, 'client.updated') })).toBe(
          'replaced',
        )
        expect(await store.findClient(client.id)).toStrictEqual(changed)
      }
    })

    withStore('leaves a client alone when a revision is stale, skipped or its client gone', async (store) => {
      const client = sampleClient()
      const audit = sampleAudit(client.id, 'client.updated')
      expect(await store.replaceClient({ ...client, revision: 2 }, { audit })).toBe('gone')
      await store.createClient(client, { audit: sampleAudit(client.id) })
      expect(await store.replaceClient({ ...client, revision: 1 }, { audit })).toBe('conflict')
      expect(await store.replaceClient({ ...client, revision: 3 }, { audit })).toBe('conflict')
      expect(await store.findClient(client.id)).toStrictEqual(client)
      expect(await store.listAudit({ limit: 9 })).toStrictEqual([sampleAudit(client.id)])
    })

    withStore('deletes a client for one of 50 callers, for good', async (store) => {
      const client = sampleClient()
      await store.createClient(client, { audit: sampleAudit(client.id) })
      await store.findClient(client.id)
      const audit = sampleAudit(client.id, 'client.deleted')
      const counts = await countAnswers(50, () => store.deleteClient(client.id, audit))
      expect(counts).toStrictEqual({ true: 1, false: 49 })
      expect(await store.findClient(client.id)).toBe(undefined)
      expect(await store.isClientIdTaken(client.id)).toBe(true)
      expect(await store.replaceClient({ ...client, revision: 2 }, { audit })).toBe('gone')
      expect(await store.createClient(client, { audit: sampleAudit(client.id) })).toBe('id_taken')
      expect(await store.findClient(client.id)).toBe(undefined)
      expect(await store.listAudit({ limit: 9 })).toStrictEqual([audit, sampleAudit(client.id)])
    })

    withStore('keeps what was handed in, whatever happens to the object afterwards', async (store) => {
      const uris = ['https://client.example/a']
      const client = sampleClient({ granted: { ...sampleClient().granted, redirect_uris: uris } })
      const created = store.createClient(client, { audit: sampleAudit(client.id) })
      uris.push('https://attacker.example/')
      await created
      uris.push('https://attacker.example/')
      expect((await store.findClient(client.id))?.granted.redirect_uris).toStrictEqual([
        'https://client.example/a',
      ])
    })

    withStore('is not changed by a caller who tries to change what was found', async (store) => {
      const client = sampleClient()
      await store.createClient(client, { audit: sampleAudit(client.id) })
      const found = await store.findClient(client.id)
      try {
        Object.assign(found!, { revision: 9 })
        Object.assign(found!.granted, { client_name: 'attacker' })
      } catch {
        // A frozen record refuses: just as good.
      }
      expect(await store.findClient(client.id)).toStrictEqual(client)
    })
  })
}

/** Metadata that breaks a store which interprets text: every string is legal JSON. */
function difficultMetadata(): JsonObject {
  const keys = Array.from({ length: 40 }, (_, index) => ({
    kty: 'RSA',
    kid: `${index}`,
    n: 'A'.repeat(683),
    e: 'AQAB',
  }))
  const text = JSON.stringify({
    client_name: 'N\u0000ame \ud800 \udc00\ud800 💥 \u2028 "\\" é e\u0301',
    'client_name#ja-Jpan-JP': '名前',
    jwks: { keys },
    default_max_age: 0,
    require_auth_time: false,
    contacts: [],
    numbers: [1.5, -1, 9007199254740991, 1e300],
  })
  return JSON.parse(
    `${text.slice(0, -1)},"__proto__":{"polluted":true},"constructor":"c","":"empty"}`,
  ) as JsonObject
}

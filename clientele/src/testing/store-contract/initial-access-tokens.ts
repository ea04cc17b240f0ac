import { StoreUnavailable } from '../../stores/store.ts'
import { SAMPLE_TIME, sampleAudit, sampleClient, sampleInitialAccessToken } from '../store-samples.ts'
import type { TestFunctions } from '../test-functions.ts'
import { type Case, countAnswers, HOSTILE_TEXTS } from './store-case.ts'

/** The guarantees of `InitialAccessTokenStore`, and how a creation spends a use (RFC 7591 §1.2). */
export function describeInitialAccessTokens(withStore: Case, { describe, expect }: TestFunctions): void {
  const created = (id: string) => sampleAudit(id, 'initial_access_token.created')

  describe('for initial access tokens', () => {
    withStore('finds a token exactly as it was handed in, with its audit record', async (store) => {
      const bare = sampleInitialAccessToken()
      const full = sampleInitialAccessToken({
        label: 'N\u0000 \ud800 💥',
        usesLeft: 7,
        expiresAt: SAMPLE_TIME + 1,
      })
      const unlimited = sampleInitialAccessToken({ usesLeft: null })
      const granting = sampleInitialAccessToken({
        owner: 'ann \ud800',
        policy: 'strict',
        fixed: { scope: 'profile', 'client_name#de': 'Fest \u0000' },
        permissions: ['oauth-client-override'],
      })
      for (const token of [bare, full, unlimited, granting])
        await store.createInitialAccessToken(token, created(token.id))
      for (const token of [bare, full, unlimited, granting]) {
        expect(await store.findInitialAccessToken(token.id)).toStrictEqual(token)
        expect(await store.listAudit({ subject: token.id, limit: 9 })).toStrictEqual([created(token.id)])
      }
    })

    withStore('knows no token under an id that nobody was given', async (store) => {
      for (const id of HOSTILE_TEXTS) {
        const client = sampleClient()
        expect(await store.findInitialAccessToken(id)).toBe(undefined)
        expect(await store.createClient(client, { spends: id, audit: sampleAudit(client.id) })).toBe(
          'token_spent',
        )
        expect(await store.findClient(client.id)).toBe(undefined)
      }
      expect(await store.listAudit({ limit: 9 })).toStrictEqual([])
    })

    withStore('refuses a second token under one id, and keeps the first', async (store) => {
      const token = sampleInitialAccessToken()
      await store.createInitialAccessToken(token, created(token.id))
      const error = await store
        .createInitialAccessToken({ ...token, hash: 'other' }, created(token.id))
        .catch((e) => e)
      expect(error instanceof Error && !(error instanceof StoreUnavailable)).toBe(true)
      expect(await store.findInitialAccessToken(token.id)).toStrictEqual(token)
      expect(await store.listAudit({ limit: 9 })).toStrictEqual([created(token.id)])
    })

    withStore('lets exactly one of 50 parallel creations spend a one-use token', async (store) => {
      const token = sampleInitialAccessToken()
      await store.createInitialAccessToken(token, created(token.id))
      const clients = Array.from({ length: 50 }, () => sampleClient())
      const counts = await countAnswers(50, (index) => {
        const client = clients[index]!
        return store.createClient(client, { spends: token.id, audit: sampleAudit(client.id) })
      })
      expect(counts).toStrictEqual({ created: 1, token_spent: 49 })
      const found = await Promise.all(clients.map((client) => store.findClient(client.id)))
      expect(found.filter((client) => client !== undefined).length).toBe(1)
      expect((await store.findInitialAccessToken(token.id))?.usesLeft).toBe(0)
      expect((await store.listAudit({ limit: 99 })).length).toBe(2)
    })

    withStore('counts every use of a token down, and an unlimited one never', async (store) => {
      const three = sampleInitialAccessToken({ usesLeft: 3 })
      const unlimited = sampleInitialAccessToken({ usesLeft: null })
      for (const token of [three, unlimited]) await store.createInitialAccessToken(token, created(token.id))
      const spend = (spends: string) => {
        const client = sampleClient()
        return store.createClient(client, { spends, audit: sampleAudit(client.id) })
      }
      expect(await spend(three.id)).toBe('created')
      expect((await store.findInitialAccessToken(three.id))?.usesLeft).toBe(2)
      expect(await countAnswers(10, () => spend(three.id))).toStrictEqual({ created: 2, token_spent: 8 })
      expect(await countAnswers(10, () => spend(unlimited.id))).toStrictEqual({ created: 10 })
      expect(await store.findInitialAccessToken(unlimited.id)).toStrictEqual({
        ...unlimited,
        lastUsedAt: SAMPLE_TIME,
      })
    })

    withStore('takes a token until the second in which it expires', async (store) => {
      const live = sampleInitialAccessToken({ expiresAt: SAMPLE_TIME + 1 })
      const dead = sampleInitialAccessToken({ expiresAt: SAMPLE_TIME })
      for (const token of [live, dead]) await store.createInitialAccessToken(token, created(token.id))
      const [first, second] = [sampleClient(), sampleClient()]
      expect(await store.createClient(first, { spends: live.id, audit: sampleAudit(first.id) })).toBe(
        'created',
      )
      expect(await store.createClient(second, { spends: dead.id, audit: sampleAudit(second.id) })).toBe(
        'token_spent',
      )
      expect(await store.findClient(second.id)).toBe(undefined)
      expect(await store.findInitialAccessToken(dead.id)).toStrictEqual(dead)
    })

    withStore('spends no use on a client whose id is taken', async (store) => {
      const token = sampleInitialAccessToken()
      const client = sampleClient()
      await store.createInitialAccessToken(token, created(token.id))
      await store.createClient(client, { audit: sampleAudit(client.id) })
      expect(await store.createClient(client, { spends: token.id, audit: sampleAudit(client.id) })).toBe(
        'id_taken',
      )
      expect(await store.findInitialAccessToken(token.id)).toStrictEqual(token)
      expect((await store.listAudit({ limit: 9 })).length).toBe(2)
    })

    withStore(
      'notes the last use with the client that it registered, and never a use that failed',
      async (store) => {
        const token = sampleInitialAccessToken({ usesLeft: 2 })
        await store.createInitialAccessToken(token, created(token.id))
        const [first, second] = [sampleClient(), sampleClient({ createdAt: SAMPLE_TIME + 9 })]
        await store.createClient(first, { spends: token.id, audit: sampleAudit(first.id) })
        expect(
          await store.createClient(
            { ...first, createdAt: SAMPLE_TIME + 5 },
            { spends: token.id, audit: sampleAudit(first.id) },
          ),
        ).toBe('id_taken')
        expect((await store.findInitialAccessToken(token.id))?.lastUsedAt).toBe(SAMPLE_TIME)
        await store.createClient(second, { spends: token.id, audit: sampleAudit(second.id) })
        expect(await store.findInitialAccessToken(token.id)).toStrictEqual({
          ...token,
          usesLeft: 0,
          lastUsedAt: SAMPLE_TIME + 9,
        })
      },
    )

    withStore(
      'revokes a token once, of 50 who ask at once, and lets nobody spend it after',
      async (store) => {
        const token = sampleInitialAccessToken({ usesLeft: 9 })
        const revoked = sampleAudit(token.id, 'initial_access_token.revoked')
        await store.createInitialAccessToken(token, created(token.id))
        const revoke = () => store.revokeInitialAccessToken(token.id, SAMPLE_TIME + 3, revoked)
        expect(await countAnswers(50, revoke)).toStrictEqual({ true: 1, false: 49 })
        const client = sampleClient()
        expect(await store.createClient(client, { spends: token.id, audit: sampleAudit(client.id) })).toBe(
          'token_spent',
        )
        expect(await store.findClient(client.id)).toBe(undefined)
        expect(await store.findInitialAccessToken(token.id)).toStrictEqual({
          ...token,
          revokedAt: SAMPLE_TIME + 3,
        })
        for (const id of HOSTILE_TEXTS)
          expect(await store.revokeInitialAccessToken(id, 1, revoked)).toBe(false)
        expect(await store.listAudit({ limit: 99 })).toStrictEqual([revoked, created(token.id)])
      },
    )

    withStore('lists tokens newest first, part by part', async (store) => {
      const tokens = Array.from({ length: 5 }, () => sampleInitialAccessToken())
      for (const token of tokens) await store.createInitialAccessToken(token, created(token.id))
      const ids = tokens.map(({ id }) => id).reverse()
      const list = async (page: { limit: number; before?: string }) =>
        (await store.listInitialAccessTokens(page)).map(({ id }) => id)
      expect(await list({ limit: 99 })).toStrictEqual(ids)
      expect(await list({ limit: 2 })).toStrictEqual(ids.slice(0, 2))
      expect(await list({ limit: 2, before: ids[1]! })).toStrictEqual(ids.slice(2, 4))
      expect(await list({ limit: 2, before: ids[4]! })).toStrictEqual([])
      expect((await store.listInitialAccessTokens({ limit: 1 }))[0]).toStrictEqual(tokens[4])
      for (const before of ['', '\u0000', 'x'.repeat(10_000)])
        expect(await list({ limit: 2, before })).toStrictEqual([])
    })
  })
}

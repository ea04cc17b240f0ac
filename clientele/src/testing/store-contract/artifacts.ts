import { SAMPLE_TIME, sampleArtifact } from '../store-samples.ts'
import type { TestFunctions } from '../test-functions.ts'
import { type Case, countAnswers, HOSTILE_TEXTS } from './store-case.ts'

/** The guarantees of `ArtifactStore`. */
export function describeArtifacts(withStore: Case, { describe, expect }: TestFunctions): void {
  describe('for artifacts', () => {
    withStore('finds an artifact exactly as it was handed in', async (store) => {
      const payload = JSON.parse(
        '{"a":"\\ud800 \\u0000 💥","__proto__":{"x":1},"list":[null,{"deep":[1.5]}]}',
      )
      const bare = { kind: 'Session', id: 'any text', payload: {} }
      const full = sampleArtifact({ payload, grantId: 'g', uid: 'u', userCode: 'c', consumedAt: SAMPLE_TIME })
      const unused = sampleArtifact({ kind: 'SomethingNew', grantId: 'g' })
      for (const artifact of [bare, full, unused]) await store.saveArtifact(artifact)
      for (const artifact of [bare, full, unused]) {
        const found = await store.findArtifact(artifact.kind, artifact.id)
        expect(found).toStrictEqual(artifact)
        expect(JSON.stringify(found!.payload)).toBe(JSON.stringify(artifact.payload))
      }
    })

    withStore('replaces the artifact of the same kind and id, every part of it', async (store) => {
      for (const id of [sampleArtifact().id, 'any text']) {
        await store.saveArtifact(
          sampleArtifact({ id, uid: 'old', userCode: 'OLD', grantId: 'g', consumedAt: 1 }),
        )
        const { expiresAt: _, ...replacement } = sampleArtifact({ id, payload: { new: true }, uid: 'new' })
        await store.saveArtifact(replacement)
        expect(await store.findArtifact('AccessToken', id)).toStrictEqual(replacement)
        expect(await store.findArtifactByUid('AccessToken', 'old')).toBe(undefined)
        expect(await store.findArtifactByUserCode('AccessToken', 'OLD')).toBe(undefined)
        expect(await store.findArtifactByUid('AccessToken', 'new')).toStrictEqual(replacement)
        await store.deleteArtifact('AccessToken', id)
      }
    })

    withStore('keeps artifacts of different kinds under one id apart', async (store) => {
      for (const id of [sampleArtifact().id, 'any text']) {
        const kinds = ['AccessToken', 'RefreshToken', 'SomethingNew', 'SomethingNewer', '__proto__']
        for (const kind of kinds) await store.saveArtifact(sampleArtifact({ kind, id, payload: { kind } }))
        for (const kind of kinds)
          expect((await store.findArtifact(kind, id))?.payload).toStrictEqual({ kind })
        await store.deleteArtifact('AccessToken', id)
        await store.deleteArtifact('AccessToken', id)
        expect(await store.findArtifact('AccessToken', id)).toBe(undefined)
        for (const kind of kinds.slice(1)) expect((await store.findArtifact(kind, id))?.id).toBe(id)
      }
    })

    withStore('takes any text for a name', async (store) => {
      for (const text of HOSTILE_TEXTS) {
        expect(await store.findArtifact('Session', text)).toBe(undefined)
        expect(await store.findArtifact(text, text)).toBe(undefined)
        expect(await store.findArtifactByUid('Session', text)).toBe(undefined)
        expect(await store.findArtifactByUserCode('DeviceCode', text)).toBe(undefined)
        expect(await store.consumeArtifact('Session', text, SAMPLE_TIME)).toBe(false)
        await store.deleteArtifact('Session', text)
        await store.deleteArtifactsOfGrant(text)
      }
      const name = (text: string) => ({ id: text, uid: text, userCode: text, grantId: text, clientId: text })
      for (const text of HOSTILE_TEXTS)
        await store.saveArtifact(sampleArtifact({ kind: text, ...name(text) }))
      for (const text of HOSTILE_TEXTS) {
        const artifact = sampleArtifact({ kind: text, ...name(text) })
        expect(await store.findArtifact(text, text)).toStrictEqual(artifact)
        expect(await store.findArtifactByUid(text, text)).toStrictEqual(artifact)
        expect(await store.findArtifactByUserCode(text, text)).toStrictEqual(artifact)
        await store.deleteArtifactsOfGrant(text)
        expect(await store.findArtifact(text, text)).toBe(undefined)
      }
    })

    withStore('finds a second name only within its kind', async (store) => {
      const session = sampleArtifact({ kind: 'Session', id: 'any text', uid: 'u' })
      const device = sampleArtifact({ kind: 'DeviceCode', userCode: 'BCDF' })
      for (const artifact of [session, device]) await store.saveArtifact(artifact)
      expect(await store.findArtifactByUid('Session', 'u')).toStrictEqual(session)
      expect(await store.findArtifactByUid('Interaction', 'u')).toBe(undefined)
      expect(await store.findArtifactByUserCode('DeviceCode', 'BCDF')).toStrictEqual(device)
      expect(await store.findArtifactByUserCode('Session', 'BCDF')).toBe(undefined)
    })

    withStore('lets exactly one of 50 callers consume an artifact', async (store) => {
      for (const id of [sampleArtifact().id, 'any text']) {
        const code = sampleArtifact({ kind: 'AuthorizationCode', id })
        await store.saveArtifact(code)
        const counts = await countAnswers(50, (index) =>
          store.consumeArtifact(code.kind, id, SAMPLE_TIME + index, index % 2 ? { by: index } : undefined),
        )
        expect(counts).toStrictEqual({ true: 1, false: 49 })
        const consumed = await store.findArtifact(code.kind, id)
        const winner = (consumed?.consumedAt ?? 0) - SAMPLE_TIME
        const payload = winner % 2 ? { by: winner } : code.payload
        expect(consumed).toStrictEqual({ ...code, payload, consumedAt: SAMPLE_TIME + winner })
      }
    })

    withStore('replaces the payload together with the consumption, or keeps it', async (store) => {
      const [kept, replaced] = [sampleArtifact(), sampleArtifact()]
      for (const artifact of [kept, replaced]) await store.saveArtifact(artifact)
      expect(await store.consumeArtifact(kept.kind, kept.id, 5)).toBe(true)
      expect(await store.consumeArtifact(replaced.kind, replaced.id, 6, { successor: 's' })).toBe(true)
      expect(await store.consumeArtifact(replaced.kind, replaced.id, 7, { successor: 'other' })).toBe(false)
      expect(await store.findArtifact(kept.kind, kept.id)).toStrictEqual({ ...kept, consumedAt: 5 })
      const expected = { ...replaced, payload: { successor: 's' }, consumedAt: 6 }
      expect(await store.findArtifact(replaced.kind, replaced.id)).toStrictEqual(expected)
    })

    withStore('deletes a grant with everything that came of it, and nothing else', async (store) => {
      const grant = sampleArtifact({ kind: 'Grant', id: 'g1' })
      const keyed = sampleArtifact({ kind: 'Grant' })
      const mine = [
        sampleArtifact({ grantId: 'g1' }),
        sampleArtifact({ kind: 'Other', id: 'any text', grantId: 'g1' }),
      ]
      const others = [
        sampleArtifact({ grantId: 'g2' }),
        sampleArtifact({ kind: 'Session', id: 'g1' }),
        sampleArtifact(),
      ]
      for (const artifact of [grant, keyed, ...mine, ...others]) await store.saveArtifact(artifact)
      await store.deleteArtifactsOfGrant('g1')
      await store.deleteArtifactsOfGrant(keyed.id)
      for (const artifact of [grant, keyed, ...mine]) {
        expect(await store.findArtifact(artifact.kind, artifact.id)).toBe(undefined)
      }
      for (const artifact of others) {
        expect(await store.findArtifact(artifact.kind, artifact.id)).toStrictEqual(artifact)
      }
    })

    withStore(
      'finds expired artifacts until they are swept, and sweeps at most as many as asked',
      async (store) => {
        const { expiresAt: _, ...forever } = sampleArtifact()
        const live = sampleArtifact({ expiresAt: SAMPLE_TIME })
        const dead = Array.from({ length: 10 }, (_, index) =>
          sampleArtifact({
            expiresAt: SAMPLE_TIME - 1 - index,
            ...(index % 2 ? { id: `text ${index}` } : {}),
          }),
        )
        for (const artifact of [forever, live, ...dead]) await store.saveArtifact(artifact)
        expect(await store.findArtifact('AccessToken', dead[0]!.id)).toStrictEqual(dead[0])
        expect(await store.deleteExpiredArtifacts(SAMPLE_TIME, 4)).toBe(4)
        expect(await store.deleteExpiredArtifacts(SAMPLE_TIME, 0)).toBe(0)
        expect(await store.deleteExpiredArtifacts(SAMPLE_TIME, 100)).toBe(6)
        expect(await store.deleteExpiredArtifacts(SAMPLE_TIME, 100)).toBe(0)
        for (const { id } of dead) expect(await store.findArtifact('AccessToken', id)).toBe(undefined)
        expect(await store.findArtifact('AccessToken', live.id)).toStrictEqual(live)
        expect(await store.findArtifact('AccessToken', forever.id)).toStrictEqual(forever)
      },
    )

    withStore('keeps what was handed in, and is not changed through what was found', async (store) => {
      const payload = { list: ['a'] }
      const artifact = sampleArtifact({ payload })
      const saved = store.saveArtifact(artifact)
      payload.list.push('b')
      await saved
      const found = await store.findArtifact(artifact.kind, artifact.id)
      try {
        ;(found!.payload as typeof payload).list.push('c')
      } catch {
        // A frozen record refuses: just as good.
      }
      expect((await store.findArtifact(artifact.kind, artifact.id))?.payload).toStrictEqual({ list: ['a'] })
    })
  })
}

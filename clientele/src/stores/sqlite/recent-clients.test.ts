import { describe, expect, it } from 'vitest'
import { sampleClient } from '../../testing/store-samples.ts'
import { createRecentClients } from './recent-clients.ts'

const texts = Array.from({ length: 4 }, () => JSON.stringify(sampleClient()))
const idOf = (text: string) => (JSON.parse(text) as { id: string }).id
const known = (recent: ReturnType<typeof createRecentClients>) =>
  texts.map((text) => recent.get(idOf(text)) !== undefined)

describe('the clients that were asked for last', () => {
  it('are as they were read, and frozen to the last member', () => {
    const recent = createRecentClients()
    const client = recent.remember(texts[0]!)
    expect(client).toStrictEqual(JSON.parse(texts[0]!))
    expect(recent.get(client.id)).toBe(client)
    expect(() => (client.granted.redirect_uris as string[]).push('https://attacker.example/')).toThrow(
      TypeError,
    )
    expect(() => Object.assign(client.secrets[0]!, { hash: 'attacker' })).toThrow(TypeError)
  })

  it('make room for others when they are the ones not asked for the longest', () => {
    const recent = createRecentClients({ clients: 2, characters: 1e9 })
    recent.remember(texts[0]!)
    recent.remember(texts[1]!)
    recent.get(idOf(texts[0]!))
    recent.remember(texts[2]!)
    expect(known(recent)).toEqual([true, false, true, false])
  })

  it('take no more characters than allowed, however few they are', () => {
    const recent = createRecentClients({ clients: 100, characters: texts[0]!.length * 2 })
    for (const text of texts) recent.remember(text)
    expect(known(recent)).toEqual([false, false, true, true])
    const huge = sampleClient({ registrationAccessTokenHash: 'x'.repeat(10_000) })
    expect(recent.remember(JSON.stringify(huge))).toStrictEqual(huge)
    expect(recent.get(huge.id)).toBe(undefined)
    for (const text of texts) recent.remember(text)
    expect(known(recent)).toEqual([false, false, true, true])
  })

  it('count a client once that is remembered again, and give back the room of one that is forgotten', () => {
    const recent = createRecentClients({ clients: 100, characters: texts[0]!.length * 2 })
    for (let times = 0; times < 5; times++) recent.remember(texts[0]!)
    recent.remember(texts[1]!)
    expect(known(recent)).toEqual([true, true, false, false])
    recent.forget(idOf(texts[0]!))
    recent.forget('nobody')
    recent.remember(texts[2]!)
    expect(known(recent)).toEqual([false, true, true, false])
  })
})

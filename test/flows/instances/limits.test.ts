import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attemptsOf } from '../../../clientele/src/authorization/accounts/attempts.ts'
import { countsInDatabase } from '../../../clientele/src/runtime/windowed-count.ts'
import { openPostgresStore, type PostgresStore } from '../../../clientele/src/stores/postgres.ts'
import { useDatabase } from '../../harness/postgres.ts'
import { basic, type Instance, prepareInstances } from './child-instances.ts'

/** Failed attempts are counted together, wherever a balancer sends them. */
const database = useDatabase()
const instances = prepareInstances()
let here: Instance
let there: Instance

beforeAll(async () => {
  const limits = '[limits]\nfailures_per_client = 3\nfailures_per_address = 4\n'
  const both = await Promise.all([1, 2].map(() => instances.start(database.url, limits)))
  here = both[0]!
  there = both[1]!
}, 60_000)
afterAll(instances.remove)

describe('two instances', () => {
  it('count the wrong secrets of a client together (RFC 6749 §2.3.1), and let the right one pass', async () => {
    const client = await here.register({ grant_types: ['client_credentials'], response_types: [] })
    const ask = async (instance: Instance, secret: string) => {
      const headers = basic(client.client_id, secret)
      return (await instance.post('/token', { grant_type: 'client_credentials' }, headers)).status
    }
    const wrong = []
    for (const instance of [here, there, here, there, here]) wrong.push(await ask(instance, 'wrong'))
    expect(wrong).toEqual([401, 401, 401, 429, 429])
    for (const instance of [here, there]) expect(await ask(instance, client.client_secret)).toBe(200)
  })

  it('count refused registration access tokens of an address together', async () => {
    const client = await here.register({ redirect_uris: ['https://app.example/cb'] })
    const stranger = { ...client, registration_access_token: `${client.registration_access_token}x` }
    const statuses = []
    for (const instance of [here, there, here, there, here, there])
      statuses.push((await instance.manage(stranger, 'GET')).status)
    expect(statuses).toEqual([401, 401, 401, 401, 429, 429])
    expect((await there.manage(client, 'GET')).status).toBe(200)
  })
})

describe('a count in the database', () => {
  const open = () => openPostgresStore({ url: database.url })
  const attempts = (store: PostgresStore, allowed: number, seconds = 60) =>
    attemptsOf(allowed, countsInDatabase(store.counting)('test', seconds))

  it('lets no more through than are allowed, of two instances that ask at once, and gives back', async () => {
    const stores = await Promise.all([open(), open()])
    const both = stores.map((store) => attempts(store, 7))
    const waits = await Promise.all(Array.from({ length: 20 }, (_, index) => both[index % 2]!.take('a key')))
    expect(waits.filter((wait) => wait === undefined).length).toBe(7)
    for (const wait of waits) if (wait !== undefined) expect(wait).toBeGreaterThan(50)
    expect(await both[0]!.take('another key')).toBeUndefined()
    await both[1]!.forget('a key')
    expect(await both[0]!.take('a key')).toBeUndefined()
    await Promise.all(stores.map((store) => store.close()))
  })

  it('begins anew when its window is over, and what is over is deleted', async () => {
    const store = await open()
    const short = attempts(store, 1, 1)
    expect(await short.take('short')).toBeUndefined()
    expect(await short.take('short')).toBe(1)
    await expect.poll(() => short.take('short'), { timeout: 5000 }).toBeUndefined()
    expect(await store.counting.deleteExpired(Date.now() + 60_000, 1)).toBe(1)
    expect(await store.counting.deleteExpired(Date.now() - 60_000, 9)).toBe(0)
    await store.close()
  })

  it('goes on in each instance while the database is away, neither open nor closed', async () => {
    const store = await open()
    const bounded = attempts(store, 2)
    expect(await bounded.take('away')).toBeUndefined()
    await store.close()
    const waits = [await bounded.take('away'), await bounded.take('away'), await bounded.take('away')]
    expect(waits.slice(0, 2)).toEqual([undefined, undefined])
    expect(waits[2]).toBeGreaterThan(0)
  })
})

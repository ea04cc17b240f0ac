import { type ConnectedClient, type Connector, ConnectorRefusal } from '../connectors/connector.ts'
import type { CompleteMetadata } from '../oauth/client-metadata.ts'
import type { TestFunctions } from './test-functions.ts'

/** A connector and the other server that it speaks to, for the contract below. */
export interface ConnectorCase {
  readonly connector: Connector
  /** The client as the other server has it, in the words of the registry; undefined when it has none. */
  find(id: string): Promise<SeenClient | undefined>
  /** Makes a client there that no connector made. */
  addForeign(id: string): Promise<void>
  /** From now on the other server refuses the connector's credentials; or fails; or serves again. */
  turn(state: 'unauthorized' | 'failing' | 'serving'): void
  /** More clients than the other server lists on one page. */
  readonly many: number
  /** Metadata that the other server cannot serve as registered. */
  readonly refused: readonly Partial<CompleteMetadata>[]
  close(): Promise<void>
}

/** A client as the other server has it, as far as the contract asks. */
export interface SeenClient {
  readonly redirectUris: readonly string[]
  readonly secret?: string
  readonly name?: string
}

const METADATA: CompleteMetadata = {
  redirect_uris: ['https://client.example/cb'],
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  application_type: 'web',
  scope: 'openid email',
  id_token_signed_response_alg: 'RS256',
  subject_type: 'public',
  client_name: 'A client',
}

/** A client of the contract, changed as given. */
export function sampleConnectedClient(
  id: string,
  metadata: Partial<CompleteMetadata> = {},
  more: Partial<ConnectedClient> = {},
): ConnectedClient {
  return { id, revision: 1, metadata: { ...METADATA, ...metadata }, clientSecretExpiresAt: 0, ...more }
}

/**
 * The contract of `connectors/connector.ts` as a test suite.
 *
 *     describeConnector('my connector', async () => makeCase(), { describe, it, expect })
 */
export function describeConnector(
  name: string,
  make: () => Promise<ConnectorCase>,
  { describe, it, expect }: TestFunctions,
): void {
  const SECRET = { clientSecret: 'a secret of many characters' }
  const within = (work: (given: ConnectorCase) => Promise<void>) => async () => {
    const given = await make()
    try {
      await work(given)
    } finally {
      await given.close()
    }
  }
  const listed = async ({ list }: Connector) => {
    const ids: string[] = []
    for await (const id of list()) ids.push(id)
    return ids.sort()
  }
  const refusal = async (work: Promise<void>) =>
    work.then(
      () => undefined,
      (error: unknown) => error instanceof ConnectorRefusal,
    )

  describe(name, () => {
    it(
      'makes a client, with its secret, and the same again changes nothing',
      within(async ({ connector, find }) => {
        for (let times = 0; times < 2; times++) {
          await connector.upsert(sampleConnectedClient('c'), SECRET)
          const seen = await find('c')
          expect(seen?.redirectUris).toStrictEqual(['https://client.example/cb'])
          expect(seen?.secret).toBe(SECRET.clientSecret)
          expect(seen?.name).toBe('A client')
          expect(await listed(connector)).toStrictEqual(['c'])
        }
      }),
    )

    it(
      'replaces all of a client: what is left out is gone',
      within(async ({ connector, find }) => {
        await connector.upsert(sampleConnectedClient('c'), SECRET)
        const { client_name: _, ...rest } = METADATA
        const metadata = { ...rest, redirect_uris: ['https://client.example/new'] }
        const changed = { clientSecret: 'another secret of many characters' }
        await connector.upsert({ id: 'c', revision: 2, metadata, clientSecretExpiresAt: 0 }, changed)
        const seen = await find('c')
        expect(seen?.redirectUris).toStrictEqual(['https://client.example/new'])
        expect(seen?.secret).toBe(changed.clientSecret)
        expect(seen?.name ?? '').toBe('')
      }),
    )

    it(
      'removes a client, and none without a word',
      within(async ({ connector, find }) => {
        await connector.upsert(sampleConnectedClient('c'), SECRET)
        for (let times = 0; times < 2; times++) {
          await connector.remove('c')
          expect(await find('c')).toBe(undefined)
          expect(await listed(connector)).toStrictEqual([])
        }
      }),
    )

    it(
      'lists all that it made, and nothing that others made; nor does it touch that',
      within(async ({ connector, find, addForeign, many }) => {
        const ids = Array.from({ length: many }, (_, index) => `c${String(index).padStart(3, '0')}`)
        for (const id of ids) await connector.upsert(sampleConnectedClient(id), SECRET)
        await addForeign('theirs')
        expect(await listed(connector)).toStrictEqual(ids)
        const before = await find('theirs')
        expect(await refusal(connector.upsert(sampleConnectedClient('theirs'), SECRET))).toBe(true)
        await connector.remove('theirs')
        expect(await find('theirs')).toStrictEqual(before)
      }),
    )

    it(
      'refuses a client that the other server would serve as something else, and makes nothing',
      within(async ({ connector, find, refused }) => {
        expect(refused.length > 0).toBe(true)
        for (const metadata of refused) {
          expect(await refusal(connector.upsert(sampleConnectedClient('c', metadata), SECRET))).toBe(true)
          expect(await find('c')).toBe(undefined)
        }
        const mortal = sampleConnectedClient('c', {}, { clientSecretExpiresAt: 2_000_000_000 })
        expect(await refusal(connector.upsert(mortal, SECRET))).toBe(true)
      }),
    )

    it(
      'an id of any text stays one client, below the address of the API',
      within(async ({ connector, find }) => {
        const ids = ['a/b', '../x', 'a?b=c', 'a&b', 'ä €', 'a%2fb', 'c#d'].sort()
        for (const id of ids) await connector.upsert(sampleConnectedClient(id), SECRET)
        expect(await listed(connector)).toStrictEqual(ids)
        await connector.remove('a/b')
        expect(await find('a/b')).toBe(undefined)
        expect((await listed(connector)).length).toBe(ids.length - 1)
      }),
    )

    it(
      'that the other server cannot be asked is no refusal of the client, and passes',
      within(async ({ connector, find, turn }) => {
        await connector.upsert(sampleConnectedClient('c'), SECRET)
        for (const state of ['unauthorized', 'failing'] as const) {
          turn(state)
          expect(await refusal(connector.upsert(sampleConnectedClient('d'), SECRET))).toBe(false)
          expect(await refusal(connector.remove('c'))).toBe(false)
        }
        turn('serving')
        await connector.upsert(sampleConnectedClient('d'), SECRET)
        expect((await find('c')) !== undefined && (await find('d')) !== undefined).toBe(true)
      }),
    )

    it(
      'two who mirror one client at once end with one client',
      within(async ({ connector }) => {
        const twice = () => connector.upsert(sampleConnectedClient('c'), SECRET).catch(() => {})
        await Promise.all([twice(), twice(), twice()])
        await connector.upsert(sampleConnectedClient('c'), SECRET)
        expect(await listed(connector)).toStrictEqual(['c'])
      }),
    )
  })
}

import { describe, expect, it } from 'vitest'
import type { Facts } from '../policy.ts'
import type { CompileContext } from '../section.ts'
import { credentials } from './credentials.ts'

const compile = (table: object) =>
  credentials.compile(credentials.schema.parse(table), {} as CompileContext).credentials!
const faultsOf = (table: object) =>
  (credentials.schema.safeParse(table).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')} ${message}`,
  )
const make = (maker: unknown) => (maker as (metadata: object, facts: Facts) => string)({}, {} as Facts)

describe('[credentials]', () => {
  it('says nothing where nothing is written: the server’s own ids and secrets', () => {
    expect(compile({})).toEqual({})
    expect(compile({ client_id: {}, client_secret: { lifetime: 60 } })).toEqual({
      clientSecretLifetimeSeconds: 60,
    })
  })

  it.each([
    [{ generator: 'uuid-v4' }, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
    [{ generator: 'uuid-v4', prefix: 'partner_' }, /^partner_[0-9a-f-]{36}$/],
    [{ generator: 'random' }, /^[0-9a-z]{22}$/],
    [{ generator: 'random', length: 40, alphabet: '01234567', prefix: 'n-' }, /^n-[0-7]{40}$/],
  ])('makes client ids by %j', (client_id, form) => {
    const { makeClientId } = compile({ client_id })
    expect(make(makeClientId)).toMatch(form)
    expect(make(makeClientId)).not.toBe(make(makeClientId))
  })

  it.each([
    [{ length: 30 }, /^[0-9A-Za-z]{30}$/],
    [{ prefix: 'acme_' }, /^acme_[0-9A-Za-z]{43}$/],
    [{ length: 32, alphabet: '0123456789abcdef' }, /^[0-9a-f]{32}$/],
  ])('makes client secrets by %j', (client_secret, form) => {
    expect(make(compile({ client_secret }).makeClientSecret)).toMatch(form)
  })

  it.each([
    // 22 characters of base 62 are 130 bits; 22 digits are 73.
    [
      { client_secret: { length: 22, alphabet: '0123456789' } },
      /client_secret\.length makes 73 bits of entropy .* 128/,
    ],
    [{ client_secret: { length: 31, alphabet: '0123456789abcdef' } }, /client_secret\.length makes 124 bits/],
    [{ client_secret: { alphabet: 'ab' } }, /client_secret\.length makes 43 bits/],
    [{ client_secret: { alphabet: 'aabcdefghij' } }, /client_secret\.alphabet has a character twice/],
    [{ client_id: { generator: 'random', length: 8 } }, /client_id\.length makes 41 bits .* 64/],
    [{ client_id: { generator: 'uuid-v4', length: 8 } }, /client_id\.length is for the generator "random"/],
    [{ client_id: { prefix: 'x' } }, /client_id\.prefix is for the generators/],
    [{ client_id: { generator: 'random', prefix: 'cl_' } }, /client_id\.prefix begins like/],
    [
      { client_id: { generator: 'random', length: 36, alphabet: '0123456789abcdef' } },
      /client_id\.length makes ids that look like UUIDs/,
    ],
  ])('refuses %j (RFC 6749 §10.10)', (table, sentence) => {
    expect(faultsOf(table)).toEqual([expect.stringMatching(sentence)])
  })

  it('takes a secret of 128 bits exactly', () => {
    expect(faultsOf({ client_secret: { length: 32, alphabet: '0123456789abcdef' } })).toEqual([])
  })

  it('warns of a registration access token that ends and that nothing replaces', () => {
    const warn = (rotation?: 'update') =>
      credentials.findFaults!(
        credentials.schema.parse({ registration_access_token: { lifetime: 60, rotation } }),
        {} as CompileContext,
      )
    expect(warn()).toMatchObject([{ severity: 'warning', path: 'registration_access_token.lifetime' }])
    expect(warn('update')).toEqual([])
  })
})

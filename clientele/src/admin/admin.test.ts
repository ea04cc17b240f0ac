import { describe, expect, it } from 'vitest'
import { CREDENTIAL_PREFIXES, encodeKey, keyOfCredential } from '../clients/credential.ts'
import { BUILT_IN } from '../oauth/capabilities.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { JsonObject } from '../oauth/json.ts'
import type { Policy } from '../policies/policy.ts'
import { sha256 } from '../runtime/cryptography.ts'
import { createKeys, keyFromUuid } from '../runtime/time-ordered.ts'
import { createMemoryStore } from '../stores/memory.ts'
import type { SigningKeyRecord } from '../stores/store.ts'
import { createAccount } from './create-account.ts'
import { createApiKey } from './create-api-key.ts'
import { createInitialAccessToken, type NewInitialAccessToken } from './create-initial-access-token.ts'
import { createServiceAccount } from './create-service-account.ts'
import { deleteServiceAccount } from './delete-service-account.ts'
import { listApiKeys } from './list-api-keys.ts'
import { revokeApiKey } from './revoke-api-key.ts'
import { rotateSigningKeys } from './rotate-signing-keys.ts'

const NOW = 1_800_000_000
const clock = { milliseconds: () => NOW * 1000 }

function makeDeps() {
  const hashPassword = async (password: string) => `hash of ${password.length}`
  const keys = createKeys(clock)
  const policies = { all: [], find: (name: string) => (name === 'strict' ? ({ name } as Policy) : undefined) }
  return { store: createMemoryStore(), clock, keys, hashPassword, capabilities: BUILT_IN, policies }
}

async function problemsOf(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(OAuthError)
  return (error as OAuthError).problems.map(({ reason }) => reason)
}

it('an initial access token is stored hashed, found by the key in it, and audited without it', async () => {
  const deps = makeDeps()
  const request = { uses: 3, expiresInSeconds: 60, label: 'robot' }
  const { token, record } = await createInitialAccessToken(request, 'operator', deps)
  expect(encodeKey(keyOfCredential(token, CREDENTIAL_PREFIXES.initialAccessToken)!)).toBe(record.id)
  expect(await deps.store.findInitialAccessToken(record.id)).toEqual({
    id: record.id,
    hash: sha256(token),
    label: 'robot',
    usesLeft: 3,
    expiresAt: NOW + 60,
    createdAt: NOW,
  })
  const audit = await deps.store.listAudit({ limit: 10 })
  expect(audit).toMatchObject([
    { action: 'initial_access_token.created', subject: record.id, actor: 'operator', at: NOW },
  ])
  expect(JSON.stringify(audit)).not.toContain(token.slice(20))
})

it('an initial access token may have no limit and no end', async () => {
  const { record } = await createInitialAccessToken(
    { uses: null, expiresInSeconds: null },
    'operator',
    makeDeps(),
  )
  expect(record).toMatchObject({ usesLeft: null, expiresAt: null })
})

it.each<[Partial<NewInitialAccessToken>, string]>([
  [{ uses: 0 }, 'uses.out_of_range'],
  [{ uses: 1.5 }, 'uses.out_of_range'],
  [{ uses: Number.NaN }, 'uses.out_of_range'],
  [{ expiresInSeconds: 0 }, 'expires_in.out_of_range'],
  [{ expiresInSeconds: 1e12 }, 'expires_in.out_of_range'],
  [{ label: '' }, 'label.invalid'],
  [{ policy: 'strcit' }, 'policy.unknown'],
  [{ label: '\u001b[2J' }, 'label.invalid'],
])('an initial access token with %j is refused and nothing is written', async (change, reason) => {
  const deps = makeDeps()
  const request = { uses: 1, expiresInSeconds: 60, ...change }
  expect(await problemsOf(createInitialAccessToken(request, 'operator', deps))).toEqual([reason])
  expect(await deps.store.listAudit({ limit: 10 })).toEqual([])
})

it('an account has its email trimmed and lower-cased, its password hashed, and is audited without either', async () => {
  const deps = makeDeps()
  const request = { email: ' Ann@Example.COM ', password: 'correct horse' }
  const account = await createAccount(request, 'operator', deps)
  expect(keyFromUuid(account.id)).toBeDefined()
  expect(await deps.store.findAccountByEmail('ann@example.com')).toEqual({
    ...account,
    passwordHash: 'hash of 13',
  })
  const audit = JSON.stringify(await deps.store.listAudit({ limit: 10 }))
  expect(audit).toContain('account.created')
  expect(audit).not.toMatch(/correct horse|ann@example/)
})

it('a second account with the same email is a conflict and changes nothing', async () => {
  const deps = makeDeps()
  const first = await createAccount({ email: 'a@b.c', password: '12345678' }, 'operator', deps)
  const second = createAccount({ email: 'A@B.C', password: '87654321' }, 'operator', deps)
  await expect(second).rejects.toMatchObject({ code: 'conflict', reason: 'account.email_taken', status: 409 })
  expect(await deps.store.findAccountByEmail('a@b.c')).toMatchObject({ id: first.id })
  expect(await deps.store.listAudit({ limit: 10 })).toHaveLength(1)
})

it('email and password are judged together', async () => {
  const deps = makeDeps()
  expect(await problemsOf(createAccount({ email: 'nobody', password: '1234567' }, 'operator', deps))).toEqual(
    ['email.invalid', 'password.too_short'],
  )
})

it.each(['a b@c.d', 'a@b@c.d', '@b.c', 'a@', 'a\u0000@b.c', `${'a'.repeat(65)}@b.c`, 'Ann <a@b.c>'])(
  '%j is no email address',
  async (email) => {
    expect(await problemsOf(createAccount({ email, password: '12345678' }, 'operator', makeDeps()))).toEqual([
      'email.invalid',
    ])
  },
)

it('a password has at most 1024 bytes, measured as it is hashed', async () => {
  const grows = '\u{fdfa}'.repeat(50)
  expect(Buffer.byteLength(grows)).toBeLessThan(1024)
  for (const password of ['x'.repeat(1025), 'é'.repeat(513), grows]) {
    expect(await problemsOf(createAccount({ email: 'a@b.c', password }, 'operator', makeDeps()))).toEqual([
      'password.too_long',
    ])
  }
  await createAccount({ email: 'a@b.c', password: 'x'.repeat(1024) }, 'operator', makeDeps())
})

it('a rotation adds a key for each algorithm, retires the old ones for as long as they can matter, and reloads', async () => {
  const { store } = makeDeps()
  let made = 0
  let reloads = 0
  const makeSigningKey = async (alg: string): Promise<SigningKeyRecord> => {
    made += 1
    return { kid: `${alg}-${made}`, alg, publicJwk: { kty: 'x' }, sealedPrivateJwk: 'sealed', createdAt: NOW }
  }
  const deps = {
    store,
    clock,
    algorithms: ['ES256', 'RS256'],
    makeSigningKey,
    longestLifetimeSeconds: 100,
    reload: async () => {
      reloads += 1
    },
  }
  await rotateSigningKeys('operator', deps)
  const second = await rotateSigningKeys('operator', deps)
  expect(second).toEqual({
    keys: [
      { kid: 'ES256-3', alg: 'ES256' },
      { kid: 'RS256-4', alg: 'RS256' },
    ],
    previousKeysDeletedAfter: NOW + 100,
  })
  expect(reloads).toBe(2)
  const keys = await store.listSigningKeys()
  expect(keys.filter(({ retiredAt }) => retiredAt === undefined).map(({ kid }) => kid)).toEqual([
    'ES256-3',
    'RS256-4',
  ])
  expect(keys.find(({ kid }) => kid === 'ES256-1')).toMatchObject({ retiredAt: NOW, deleteAfter: NOW + 100 })
  expect(await store.listAudit({ subject: 'RS256-4', limit: 5 })).toMatchObject([
    { action: 'signing_key.rotated' },
  ])
})

describe('what an initial access token fixes', () => {
  it('is stored as it will be laid over', async () => {
    const fixed = { scope: 'profile', 'client_name#de': 'Fest', redirect_uris: ['https://client.example/cb'] }
    const request = { uses: 1, expiresInSeconds: null, fixed, owner: 'ann', policy: 'strict' }
    const { record } = await createInitialAccessToken(request, 'operator', makeDeps())
    expect(record).toMatchObject({ fixed, owner: 'ann', policy: 'strict' })
  })

  it.each([
    [{ scop: 'profile' }, 'fixed.unknown_or_empty'],
    [{ client_id: 'x' }, 'fixed.unknown_or_empty'],
    [{ client_secret: 'x' }, 'fixed.unknown_or_empty'],
    [{ scope: null }, 'fixed.unknown_or_empty'],
    [{ contacts: [] }, 'fixed.unknown_or_empty'],
    [{ response_types: '' }, 'fixed.unknown_or_empty'],
    [{ jwks: { keys: [] }, jwks_uri: 'https://client.example/jwks' }, 'jwks.with_jwks_uri'],
    [{ grant_types: ['authorization_code'], redirect_uris: [] }, 'redirect_uris.missing'],
    [{ 'redirect_uris#de': ['https://client.example/cb'] }, 'fixed.unknown_or_empty'],
    [{ scope: 7 }, 'scope.type'],
    [{ scope: 'nothing-that-is-supported' }, undefined],
    [{ scope: 'profile nothing-that-is-supported' }, undefined],
    [{ grant_types: ['client_credentials', 'implicit'] }, 'grant_types.unsupported'],
    [{ token_endpoint_auth_method: 'magic' }, 'token_endpoint_auth_method.unsupported'],
  ])('is refused as %j, and nothing is written', async (fixed, reason) => {
    const deps = makeDeps()
    const request = { uses: 1, expiresInSeconds: null, fixed: fixed as JsonObject }
    const [first] = await problemsOf(createInitialAccessToken(request, 'operator', deps))
    expect(first).toEqual(reason ?? expect.stringMatching(/^scope\./))
    expect(await deps.store.listAudit({ limit: 1 })).toEqual([])
  })
})

it('an initial access token is permitted only what means something on one', async () => {
  const deps = makeDeps()
  const make = (permissions: readonly string[]) =>
    createInitialAccessToken({ uses: 1, expiresInSeconds: null, permissions }, 'operator', deps)
  for (const permission of ['authenticate', 'oauth-client-delete', 'root', '__proto__'])
    expect(await problemsOf(make([permission]))).toEqual(['permissions.unknown'])
  expect((await make(['oauth-client-override'])).record.permissions).toEqual(['oauth-client-override'])
})

it('an API key is stored hashed, found by the key in it, and audited without it', async () => {
  const deps = makeDeps()
  const permissions = ['oauth-client-get', 'authenticate', 'authenticate']
  const request = { permissions, expiresInSeconds: 60, label: 'robot', owner: 'ann' }
  const { key, record } = await createApiKey(request, 'operator', deps)
  expect(encodeKey(keyOfCredential(key, CREDENTIAL_PREFIXES.apiKey)!)).toBe(record.id)
  expect(await deps.store.findApiKey(record.id)).toEqual({
    id: record.id,
    hash: sha256(key),
    label: 'robot',
    owner: 'ann',
    permissions: ['authenticate', 'oauth-client-get'],
    expiresAt: NOW + 60,
    createdAt: NOW,
  })
  const audit = await deps.store.listAudit({ limit: 9 })
  expect(audit).toMatchObject([{ action: 'api_key.created', subject: record.id, actor: 'operator' }])
  expect(JSON.stringify(audit)).not.toContain(key.slice(20))
})

it('every problem of an API key and of a service account is told at once, and nothing is written', async () => {
  const deps = makeDeps()
  const key = { permissions: ['root'], expiresInSeconds: 0, label: '', owner: '\u0007' }
  expect(await problemsOf(createApiKey(key, 'operator', deps))).toEqual([
    'permissions.unknown',
    'expires_in.out_of_range',
    'label.invalid',
    'owner.invalid',
  ])
  const account = { name: 'a:b', password: 'short', permissions: ['root'] }
  expect(await problemsOf(createServiceAccount(account, 'operator', deps))).toEqual([
    'name.invalid',
    'password.too_short',
    'permissions.unknown',
  ])
  expect(await deps.store.listAudit({ limit: 1 })).toEqual([])
})

it.each(['', 'a:b', 'a b', 'a\u0000', 'x'.repeat(101)])(
  '%j is no name of a service account',
  async (name) => {
    const request = { name, password: 'long enough', permissions: [] }
    expect(await problemsOf(createServiceAccount(request, 'operator', makeDeps()))).toEqual(['name.invalid'])
  },
)

it('a service account is stored with the hash of its password, once for each name', async () => {
  const deps = makeDeps()
  const request = { name: 'robot', password: 'correct horse', permissions: ['authenticate'] }
  await createServiceAccount(request, 'operator', deps)
  expect(await deps.store.findServiceAccount('robot')).toEqual({
    name: 'robot',
    passwordHash: 'hash of 13',
    owner: expect.stringMatching(/^service_account:[0-9a-z]{11}$/),
    permissions: ['authenticate'],
    createdAt: NOW,
  })
  await expect(createServiceAccount(request, 'operator', deps)).rejects.toMatchObject({ status: 409 })
  expect(JSON.stringify(await deps.store.listAudit({ limit: 9 }))).not.toMatch(/correct|hash of/)
  await deleteServiceAccount('robot', 'operator', deps)
  await expect(deleteServiceAccount('robot', 'operator', deps)).rejects.toMatchObject({ status: 404 })
})

it('a service account owns by a word that no other account ever has, or by the one that the operator says', async () => {
  const deps = makeDeps()
  const request = { name: 'robot', password: 'correct horse', permissions: [] }
  const first = await createServiceAccount(request, 'operator', deps)
  await deleteServiceAccount('robot', 'operator', deps)
  const second = await createServiceAccount(request, 'operator', deps)
  expect(second.owner).not.toBe(first.owner)
  const owned = await createServiceAccount(
    { ...request, name: 'other', owner: first.owner },
    'operator',
    deps,
  )
  expect(owned.owner).toBe(first.owner)
})

it('the audit trail says what an initial access token lets its holder do, and of fixed values the names', async () => {
  const deps = makeDeps()
  const request = {
    uses: 3,
    expiresInSeconds: 60,
    owner: 'team',
    policy: 'strict',
    fixed: { client_name: 'kept to ourselves', scope: 'openid' },
    permissions: ['oauth-client-override'],
  }
  await createInitialAccessToken(request, 'operator', deps)
  const [record] = await deps.store.listAudit({ limit: 9 })
  expect(record?.detail).toEqual({
    uses: 3,
    expiresAt: NOW + 60,
    permissions: ['oauth-client-override'],
    owner: 'team',
    policy: 'strict',
    fixed: ['client_name', 'scope'],
  })
  expect(JSON.stringify(record)).not.toContain('kept to ourselves')
})

it('a list comes in parts, says what has become of each, and shows no hash', async () => {
  const deps = makeDeps()
  const make = (expiresInSeconds: number | null) =>
    createApiKey({ permissions: [], expiresInSeconds }, 'operator', deps)
  const [first, second, third] = [await make(null), await make(10), await make(null)]
  await revokeApiKey(first.record.id, 'operator', deps)
  const later = { ...deps, clock: { milliseconds: () => (NOW + 10) * 1000 } }
  const part = await listApiKeys({ limit: 2 }, later)
  expect(part).toMatchObject({
    items: [
      { id: third.record.id, state: 'active' },
      { id: second.record.id, state: 'expired' },
    ],
    next: second.record.id,
  })
  const rest = await listApiKeys({ limit: 2, from: part.next! }, later)
  expect(rest).toEqual({ items: [expect.objectContaining({ state: 'revoked', revokedAt: NOW })] })
  expect(JSON.stringify([part, rest])).not.toContain('hash')
})

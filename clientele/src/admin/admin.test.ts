import { expect, it } from 'vitest'
import { CREDENTIAL_PREFIXES, encodeKey, keyOfCredential } from '../clients/credential.ts'
import { OAuthError } from '../oauth/errors.ts'
import { sha256 } from '../runtime/cryptography.ts'
import { createKeys, keyFromUuid } from '../runtime/time-ordered.ts'
import { createMemoryStore } from '../stores/memory.ts'
import type { SigningKeyRecord } from '../stores/store.ts'
import { createAccount } from './create-account.ts'
import { createInitialAccessToken, type NewInitialAccessToken } from './create-initial-access-token.ts'
import { rotateSigningKeys } from './rotate-signing-keys.ts'

const NOW = 1_800_000_000
const clock = { milliseconds: () => NOW * 1000 }

function makeDeps() {
  const hashPassword = async (password: string) => `hash of ${password.length}`
  return { store: createMemoryStore(), clock, keys: createKeys(clock), hashPassword }
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

import { describe, expect, it } from 'vitest'
import { CREDENTIAL_PREFIXES, encodeKey, makeCredential } from '../clients/credential.ts'
import { sha256 } from '../runtime/cryptography.ts'
import { createMemoryStore } from '../stores/memory.ts'
import { basic, bearer, describeGate, type GateCase, presentedWith } from '../testing/gate-contract.ts'
import {
  SAMPLE_TIME,
  sampleApiKey,
  sampleAudit,
  sampleInitialAccessToken,
  sampleKey,
  sampleServiceAccount,
} from '../testing/store-samples.ts'
import { apiKeyGate } from './api-key.ts'
import { basicGate } from './basic.ts'
import { initialAccessTokenGate } from './initial-access-token.ts'
import { openGate } from './open.ts'

const clock = { milliseconds: () => SAMPLE_TIME * 1000 }
const functions = { describe, it, expect }
const NONE = presentedWith({ kind: 'none' })
const PASSWORD = 'correct horse: battery'

/** A token that was issued, with a record made for it. */
function issue<T>(prefix: string, make: (issued: { id: string; hash: string }) => T) {
  const key = sampleKey()
  const token = makeCredential(prefix, key)
  return { token, record: make({ id: encodeKey(key), hash: sha256(token) }) }
}

/** Texts of the gate's own form that were never issued. */
function madeUp(prefix: string, real: string) {
  const forged = makeCredential(prefix, sampleKey())
  const other = real.at(-10) === 'A' ? 'B' : 'A'
  return [forged, `${prefix}_`, `${real}x`, real.slice(0, -1), real.slice(0, -10) + other + real.slice(-9)]
}

describeGate('the gate for API keys', makeApiKeyCase, functions)

async function makeApiKeyCase(): Promise<GateCase> {
  const store = createMemoryStore()
  const prefix = CREDENTIAL_PREFIXES.apiKey
  const add = async (override: Parameters<typeof sampleApiKey>[0]) => {
    const { token, record } = issue(prefix, (issued) => sampleApiKey({ ...override, ...issued }))
    await store.createApiKey(record, sampleAudit(record.id, 'api_key.created'))
    return { token, record }
  }
  const plain = await add({})
  const full = await add({
    owner: 'ann',
    expiresAt: SAMPLE_TIME + 1,
    permissions: ['authenticate', 'oauth-client-get'],
  })
  const expired = await add({ expiresAt: SAMPLE_TIME })
  const revoked = await add({ revokedAt: SAMPLE_TIME, expiresAt: SAMPLE_TIME })
  const half = await add({ permissions: ['authenticate'] })
  const other = await add({ permissions: ['oauth-client-registration', 'oauth-client-delete'] })
  return {
    gate: apiKeyGate(store, clock),
    good: [
      {
        presented: presentedWith(bearer(plain.token)),
        caller: { id: plain.record.id, owner: `api_key:${plain.record.id}` },
        permissions: plain.record.permissions,
      },
      {
        presented: presentedWith(bearer(full.token), 'read'),
        caller: { id: full.record.id, owner: 'ann' },
        permissions: full.record.permissions,
      },
    ],
    bad: [
      ...madeUp(prefix, plain.token).map((token) => ({
        presented: presentedWith(bearer(token)),
        reason: 'api_key.unknown',
      })),
      { presented: presentedWith(bearer(expired.token)), reason: 'api_key.expired' },
      { presented: presentedWith(bearer(revoked.token)), reason: 'api_key.revoked' },
    ],
    small: [
      {
        presented: presentedWith(bearer(half.token)),
        reason: 'api_key.without_oauth_client_registration',
      },
      { presented: presentedWith(bearer(full.token)), reason: 'api_key.without_oauth_client_registration' },
      { presented: presentedWith(bearer(other.token)), reason: 'api_key.without_authenticate' },
      { presented: presentedWith(bearer(other.token), 'delete'), reason: 'api_key.without_authenticate' },
    ],
    foreign: [
      NONE,
      presentedWith(bearer(makeCredential(CREDENTIAL_PREFIXES.initialAccessToken, 5))),
      presentedWith(bearer('cl_keyring')),
      presentedWith(basic('cl_key_', 'x')),
    ],
    secrets: [plain, full, expired, revoked, half, other].flatMap(({ token, record }) => [
      token.slice(20),
      record.hash,
    ]),
  }
}

describeGate('the gate for initial access tokens', makeInitialAccessTokenCase, functions)

async function makeInitialAccessTokenCase(): Promise<GateCase> {
  const store = createMemoryStore()
  const prefix = CREDENTIAL_PREFIXES.initialAccessToken
  const add = async (override: Parameters<typeof sampleInitialAccessToken>[0]) => {
    const { token, record } = issue(prefix, (issued) => sampleInitialAccessToken({ ...override, ...issued }))
    await store.createInitialAccessToken(record, sampleAudit(record.id, 'initial_access_token.created'))
    return { token, record }
  }
  const plain = await add({})
  const full = await add({ owner: 'ann', permissions: ['oauth-client-override'], usesLeft: null })
  const expired = await add({ expiresAt: SAMPLE_TIME })
  const spent = await add({ usesLeft: 0 })
  const revoked = await add({ revokedAt: SAMPLE_TIME, usesLeft: 0 })
  return {
    gate: initialAccessTokenGate(store, clock),
    good: [
      { presented: presentedWith(bearer(plain.token)), caller: { id: plain.record.id } },
      {
        presented: presentedWith(bearer(full.token)),
        caller: { id: full.record.id, owner: 'ann' },
        permissions: ['oauth-client-override'],
      },
    ],
    bad: [
      ...madeUp(prefix, plain.token).map((token) => ({
        presented: presentedWith(bearer(token)),
        reason: 'initial_access_token.unknown',
      })),
      { presented: presentedWith(bearer(expired.token)), reason: 'initial_access_token.expired' },
      { presented: presentedWith(bearer(spent.token)), reason: 'initial_access_token.spent' },
      { presented: presentedWith(bearer(revoked.token)), reason: 'initial_access_token.revoked' },
    ],
    small: [],
    foreign: [
      NONE,
      // It registers, and manages nothing.
      ...(['read', 'update', 'delete'] as const).map((operation) =>
        presentedWith(bearer(full.token), operation),
      ),
      presentedWith(bearer(makeCredential(CREDENTIAL_PREFIXES.apiKey, 5))),
      presentedWith(basic('cl_iat_', 'x')),
    ],
    secrets: [plain, full, expired, spent, revoked].flatMap(({ token, record }) => [
      token.slice(20),
      record.hash,
    ]),
  }
}

describeGate('the gate for HTTP Basic', makeBasicCase, functions)

async function makeBasicCase(): Promise<GateCase> {
  const store = createMemoryStore()
  const add = async (override: Parameters<typeof sampleServiceAccount>[0]) => {
    const account = sampleServiceAccount({ passwordHash: `hash of ${PASSWORD}`, ...override })
    await store.createServiceAccount(account, sampleAudit(account.name, 'service_account.created'))
    return account
  }
  const plain = await add({ name: 'robot' })
  const full = await add({ name: 'jürgen', owner: 'ann', permissions: ['authenticate'] })
  const small = await add({ name: 'small', permissions: ['oauth-client-registration'] })
  const raw = (value: string, operation: 'register' = 'register') =>
    presentedWith({ kind: 'other', scheme: 'basic', value }, operation)
  return {
    gate: basicGate(store, async (password, hash) => hash === `hash of ${password}`, clock),
    good: [
      {
        presented: presentedWith(basic(plain.name, PASSWORD)),
        caller: { id: 'robot', owner: plain.owner },
        permissions: plain.permissions,
      },
      {
        presented: presentedWith(basic(full.name, PASSWORD), 'update'),
        caller: { id: 'jürgen', owner: 'ann' },
        permissions: full.permissions,
      },
    ],
    bad: [
      { presented: presentedWith(basic('robot', 'guess')), reason: 'basic.wrong_password' },
      { presented: presentedWith(basic('robot', '')), reason: 'basic.wrong_password' },
      { presented: presentedWith(basic('nobody', PASSWORD)), reason: 'basic.unknown' },
      { presented: presentedWith(basic('', PASSWORD)), reason: 'basic.malformed' },
      { presented: presentedWith(basic('robot\n', PASSWORD)), reason: 'basic.malformed' },
      { presented: raw(''), reason: 'basic.malformed' },
      { presented: raw('!!!'), reason: 'basic.malformed' },
      { presented: raw(Buffer.from('robot').toString('base64')), reason: 'basic.malformed' },
      { presented: raw(Buffer.from([0x61, 0x3a, 0xff]).toString('base64')), reason: 'basic.malformed' },
      { presented: presentedWith(basic('robot', 'x'.repeat(100_000))), reason: 'basic.malformed' },
    ],
    small: [
      { presented: presentedWith(basic(small.name, PASSWORD)), reason: 'basic.without_authenticate' },
      {
        presented: presentedWith(basic(full.name, PASSWORD)),
        reason: 'basic.without_oauth_client_registration',
      },
    ],
    foreign: [
      NONE,
      presentedWith(bearer('x')),
      presentedWith({ kind: 'other', scheme: 'digest', value: 'x' }),
    ],
    secrets: [PASSWORD, 'hash of'],
  }
}

describeGate(
  'the open gate',
  async () => ({
    gate: openGate(),
    good: [{ presented: NONE, caller: {} }],
    bad: [],
    small: [],
    foreign: [
      presentedWith({ kind: 'none' }, 'read'),
      presentedWith(bearer('anything')),
      presentedWith(basic('a', 'b')),
      presentedWith({ kind: 'other', scheme: 'digest', value: 'x' }),
    ],
    secrets: [],
  }),
  functions,
)

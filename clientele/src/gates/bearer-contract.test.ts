import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../oauth/json.ts'
import { fixedIssuerKeys } from '../runtime/issuer-keys.ts'
import { basic, bearer, describeGate, type GateCase, presentedWith } from '../testing/gate-contract.ts'
import { bearerGate, type OwnAccessToken } from './bearer.ts'
import { type BearerIssuer, bearerIssuersGate } from './bearer-issuers.ts'
import { softwareStatementGate } from './software-statement.ts'

const functions = { describe, it, expect }
const NOW = 1_795_219_200
const clock = { milliseconds: () => NOW * 1000 }
const SCOPES = { register: 'register', read: 'see', update: 'change', delete: 'remove' }
const NONE = presentedWith({ kind: 'none' })

describeGate('the gate for access tokens of this server', makeOwnCase, functions)

async function makeOwnCase(): Promise<GateCase> {
  const all = { scopes: ['register', 'see'], entrustedScopes: ['register', 'see'] }
  const token = { clientId: 'c1', ...all, isSenderConstrained: false }
  const known = new Map<string, OwnAccessToken>([
    ['ours_of_a_client', token],
    ['ours_of_ada', { ...token, accountId: 'ada', scopes: ['remove'], entrustedScopes: ['remove'] }],
    ['ours_by_its_own_word', { ...token, entrustedScopes: ['see'] }],
    ['ours_bound_to_a_key', { ...token, isSenderConstrained: true }],
  ])
  const tokens = {
    isOne: (text: string) => text.startsWith('ours_'),
    find: async (text: string) => known.get(text),
  }
  return {
    gate: bearerGate(tokens, SCOPES),
    good: [
      { presented: presentedWith(bearer('ours_of_a_client')), caller: { id: 'c1', owner: 'client:c1' } },
      {
        presented: presentedWith(bearer('ours_of_a_client'), 'read'),
        caller: { id: 'c1', owner: 'client:c1' },
      },
      {
        presented: presentedWith(bearer('ours_of_ada'), 'delete'),
        caller: { id: 'c1', owner: 'account:ada' },
      },
    ],
    bad: [
      { presented: presentedWith(bearer('ours_')), reason: 'access_token.unknown' },
      { presented: presentedWith(bearer('ours_of_a_clienT')), reason: 'access_token.unknown' },
      { presented: presentedWith(bearer('ours_bound_to_a_key')), reason: 'access_token.sender_constrained' },
    ],
    small: [
      {
        presented: presentedWith(bearer('ours_of_a_client'), 'update'),
        reason: 'access_token.without_update_scope',
      },
      { presented: presentedWith(bearer('ours_of_ada')), reason: 'access_token.without_register_scope' },
      {
        presented: presentedWith(bearer('ours_by_its_own_word')),
        reason: 'access_token.scope_not_entrusted',
      },
    ],
    foreign: [
      NONE,
      presentedWith(bearer('theirs_of_a_client')),
      presentedWith(basic('ours_of_a_client', 'x')),
    ],
    secrets: [...known.keys()],
  }
}

describeGate('the gate for access tokens of trusted issuers', makeIssuersCase, functions)

async function makeIssuersCase(): Promise<GateCase> {
  const { privateKey, publicKey } = await generateKeyPair('Ed25519')
  const thief = await generateKeyPair('Ed25519')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1' } as JsonObject
  const issuer: BearerIssuer = {
    issuer: 'https://login.example',
    keys: fixedIssuerKeys({ keys: [jwk] }),
    algorithms: ['Ed25519'],
    types: ['at+jwt'],
    audiences: ['https://as.example'],
    needsExpiry: true,
    clockSkewSeconds: 0,
    scopes: SCOPES,
    requiredClaims: [{ claim: 'groups', contains: 'developers' }],
    permissions: ['oauth-client-get'],
  }
  const sign = (change: object = {}, header: object = {}, key = privateKey) =>
    new SignJWT({
      iss: issuer.issuer,
      aud: 'https://as.example',
      sub: 'ann',
      exp: NOW + 1,
      scope: 'register',
      groups: ['developers'],
      ...change,
    } as never)
      .setProtectedHeader({ alg: 'Ed25519', kid: 'k1', typ: 'at+jwt', ...header })
      .sign(key)
  const good = await sign()
  const ofClient = await sign({ sub: undefined, client_id: 'robot', scope: 'see' })
  const bad: [string, string][] = [
    [await sign({ exp: NOW }), 'access_token.expired'],
    [await sign({ nbf: NOW + 1 }), 'access_token.not_yet_valid'],
    [await sign({ aud: 'https://other.example' }), 'access_token.audience'],
    [await sign({ cnf: { jkt: 'x' } }), 'access_token.sender_constrained'],
    [await sign({ sub: undefined }), 'access_token.subject'],
    [await sign({ x: 'x'.repeat(9000) }), 'access_token.too_long'],
    [await sign({}, { typ: 'JWT' }), 'access_token.type'],
    [await sign({}, { alg: 'EdDSA' }), 'access_token.algorithm'],
    [await sign({}, { kid: 'k2' }), 'access_token.unknown_key'],
    [await sign({}, {}, thief.privateKey), 'access_token.signature'],
    [`${good.split('.').slice(0, 2).join('.')}.`, 'access_token.signature'],
  ]
  const small: [string, string][] = [
    [await sign({ groups: ['others'] }), 'access_token.required_claim'],
    [ofClient, 'access_token.without_register_scope'],
  ]
  const permissions = ['oauth-client-get']
  const ann = 'https://login.example#ann'
  const robot = 'https://login.example#robot'
  const of = ([token, reason]: [string, string]) => ({ presented: presentedWith(bearer(token)), reason })
  return {
    gate: bearerIssuersGate([issuer], clock),
    good: [
      { presented: presentedWith(bearer(good)), caller: { id: ann, owner: ann }, permissions },
      {
        presented: presentedWith(bearer(ofClient), 'read'),
        caller: { id: robot, owner: robot },
        permissions,
      },
    ],
    bad: bad.map(of),
    small: small.map(of),
    foreign: [
      NONE,
      presentedWith(bearer('cl_iat_x')),
      presentedWith(bearer(await sign({ iss: 'https://other.example' }))),
      presentedWith(bearer(await sign({ iss: undefined }))),
      presentedWith(basic(good, 'x')),
    ],
    secrets: [good, ofClient, ...bad.map(([token]) => token), ...small.map(([token]) => token)].map((token) =>
      token.split('.').slice(1).join('.'),
    ),
  }
}

describeGate(
  'the gate of software statements',
  async () => ({
    gate: softwareStatementGate(),
    good: [{ presented: NONE, caller: {} }],
    bad: [],
    small: [],
    foreign: [
      presentedWith(bearer('anything')),
      presentedWith(basic('robot', 'x')),
      ...(['read', 'update', 'delete'] as const).map((operation) =>
        presentedWith({ kind: 'none' }, operation),
      ),
    ],
    secrets: [],
  }),
  functions,
)

it('the gate of software statements admits under the proviso that somebody vouches', async () => {
  expect(await softwareStatementGate().admit(NONE)).toMatchObject({
    proviso: 'software_statement',
    permissions: [],
  })
})

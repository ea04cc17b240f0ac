import { describe, expect, it } from 'vitest'
import { faultsOfPolicy, judgePolicy } from '../../../../test/harness/judge-policy.ts'
import type { JsonObject } from '../../oauth/json.ts'
import type { PolicyDefinition } from '../policy-definition.ts'

const WEB = { redirect_uris: ['https://client.example/cb'] }
const EC = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
}
const BY_VALUE = { jwks: { keys: [EC] } }
const BY_REFERENCE = { jwks_uri: 'https://client.example/jwks' }
const ASSERTS = { token_endpoint_auth_method: 'private_key_jwt' }

type Row = readonly [
  rule: string,
  table: NonNullable<PolicyDefinition['algorithms']>,
  asked: JsonObject,
  granted: JsonObject,
  problems: readonly string[],
]

const ID = 'id_token_signed_response_alg'
const AUTH = 'token_endpoint_auth_signing_alg'
const OBJECT = 'request_object_signing_alg'

const ROWS: readonly Row[] = [
  ['takes what is allowed', { signing: ['ES256'] }, { [ID]: 'ES256' }, { [ID]: 'ES256' }, []],
  ['refuses what is not', { signing: ['ES256'] }, { [ID]: 'RS256' }, { [ID]: 'RS256' }, [`${ID}.allowed`]],
  ['has a floor', { never: ['RS256'] }, { [ID]: 'RS256' }, { [ID]: 'RS256' }, [`${ID}.allowed`]],
  ['signs ID Tokens of who says nothing with the strongest', { never: ['RS256'] }, {}, { [ID]: 'ES256' }, []],
  [
    'lets the standard default be where it is allowed',
    { signing: ['RS256', 'ES256'] },
    {},
    { [ID]: 'RS256' },
    [],
  ],
  [
    'holds the floor over the list',
    { signing: ['RS256', 'ES256'], never: ['RS256'] },
    { [ID]: 'RS256' },
    { [ID]: 'RS256' },
    [`${ID}.allowed`],
  ],
  [
    'chooses any where it may',
    { signing: ['ES256'], choose: 'any' },
    { [ID]: 'RS256' },
    { [ID]: 'ES256' },
    [],
  ],
  [
    'chooses of what is offered',
    { signing: ['RS256'] },
    { id_token_signing_alg_values_supported: ['ES256', 'RS256'] },
    { [ID]: 'RS256' },
    [],
  ],
  [
    'holds for UserInfo',
    { signing: ['ES256'] },
    { userinfo_signed_response_alg: 'RS256' },
    {},
    ['userinfo_signed_response_alg.allowed'],
  ],
  [
    'holds for introspection',
    { signing: ['ES256'] },
    { introspection_signed_response_alg: 'RS256' },
    {},
    ['introspection_signed_response_alg.allowed'],
  ],
  [
    'holds for request objects',
    { signing: ['ES256'] },
    { [OBJECT]: 'PS256', ...BY_REFERENCE },
    {},
    [`${OBJECT}.allowed`],
  ],
  [
    'holds for client assertions',
    { signing: ['ES256'] },
    { ...ASSERTS, ...BY_REFERENCE, [AUTH]: 'PS256' },
    {},
    [`${AUTH}.allowed`],
  ],
  [
    'is not escaped by naming no algorithm: the keys say which',
    { never: ['RS256', 'EdDSA', 'Ed25519', 'PS256'] },
    { ...ASSERTS, jwks: { keys: [EC] } },
    {},
    [],
  ],
  [
    'is not escaped by naming no algorithm: one is left',
    { signing: ['ES256'] },
    { ...ASSERTS, ...BY_REFERENCE },
    { [AUTH]: 'ES256' },
    [],
  ],
  [
    'is not escaped by naming no algorithm: several are left, and the wrong one would lock the client out',
    { signing: ['ES256', 'PS256'] },
    { ...ASSERTS, ...BY_REFERENCE },
    {},
    [`${AUTH}.required`],
  ],
  [
    'is not escaped by keys that fit nothing',
    { signing: ['PS256', 'RS256'] },
    { ...ASSERTS, ...BY_VALUE },
    {},
    [`${AUTH}.allowed`],
  ],
  [
    'is not escaped by a secret',
    { signing: ['ES256'] },
    { token_endpoint_auth_method: 'client_secret_jwt' },
    {},
    [`${AUTH}.allowed`],
  ],
  [
    'pins request objects of a client with keys',
    { never: ['RS256'] },
    BY_REFERENCE,
    { [OBJECT]: 'Ed25519' },
    [],
  ],
  ['pins request objects of no client without keys', { never: ['RS256'] }, {}, { [OBJECT]: undefined }, []],
  [
    'pins nothing where the keys can do nothing else',
    { never: ['RS256'] },
    BY_VALUE,
    { [OBJECT]: undefined },
    [],
  ],
  [
    'bars request objects where the keys can do nothing that is allowed',
    { signing: ['PS256', 'RS256'] },
    BY_VALUE,
    { [OBJECT]: 'RS256' },
    [],
  ],
  [
    'holds for the encryption of keys',
    { encryption: ['ECDH-ES'] },
    { ...BY_REFERENCE, id_token_encrypted_response_alg: 'RSA-OAEP' },
    {},
    ['id_token_encrypted_response_alg.allowed'],
  ],
  [
    'holds for the encryption of content',
    { content_encryption: ['A256GCM'] },
    {
      ...BY_REFERENCE,
      id_token_encrypted_response_alg: 'ECDH-ES',
      id_token_encrypted_response_enc: 'A128GCM',
    },
    {},
    ['id_token_encrypted_response_enc.allowed'],
  ],
  [
    'encrypts with the strongest where the default is not allowed',
    { content_encryption: ['A128GCM', 'A256GCM'] },
    { ...BY_REFERENCE, userinfo_encrypted_response_alg: 'ECDH-ES' },
    { userinfo_encrypted_response_enc: 'A256GCM' },
    [],
  ],
]

describe.each(['register', 'update'] as const)('[algorithms], at: %s', (operation) => {
  it.each(ROWS)('%s: %j, %j', async (_, algorithms, asked, granted, problems) => {
    const judged = await judgePolicy({ algorithms }, { ...WEB, ...asked }, { operation })
    expect(judged.problems).toEqual(problems)
    for (const [member, value] of Object.entries(granted)) expect(judged.granted[member]).toBe(value)
  })
})

describe('[algorithms] is checked', () => {
  it.each([
    [{ signing: ['ES256', 'XX256'] }, ['warning algorithms.signing']],
    [{ signing: ['PS256'] }, ['error algorithms.signing']],
    [{ signing: [] }, ['error algorithms.signing', 'error algorithms.signing']],
    [{ never: ['ES256', 'RS256'] }, ['error algorithms.never']],
    [{ never: ['none', 'RS256'] }, ['warning algorithms.never']],
    [{ encryption: ['RSA1_5'] }, ['warning algorithms.encryption', 'warning algorithms.encryption']],
    [{ signing: ['ES256'], never: ['RS256'] }, []],
  ])('%j: %j', (algorithms, faults) => {
    expect(faultsOfPolicy({ algorithms })).toEqual(faults)
  })
})

import { expect, it } from 'vitest'
import type { ClientRecord } from '../clients/client.ts'
import { getClient } from './get-client.ts'

/** Every member that a record may have. */
const RECORD: Required<ClientRecord> = {
  id: 'client',
  door: 'registration_request',
  requested: { redirect_uris: ['https://client.example/cb'] },
  granted: {
    redirect_uris: ['https://client.example/cb'],
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['authorization_code'],
    response_types: ['code'],
    application_type: 'web',
    scope: 'openid',
    subject_type: 'public',
    id_token_signed_response_alg: 'RS256',
  },
  dropped: [],
  caller: {
    gate: 'mutual_tls',
    id: 'CN=a',
    owner: 'ann',
    claims: { tenant: 'acme' },
    certificate: {
      subject: 'CN=a',
      issuer: 'CN=ca',
      subjectAltNames: [],
      thumbprint: 'FORBIDDEN thumbprint',
      notBefore: 0,
      notAfter: 1,
    },
  },
  fixed: { scope: 'openid' },
  entrustedScopes: [],
  entrustedMembers: ['client_name'],
  proviso: 'software_statement',
  policy: 'strict',
  policyRevision: '0123456789ab',
  decisions: [],
  holds: ['FORBIDDEN budget'],
  terms: ['department=finance'],
  vouched: {
    issuer: 'https://directory.example',
    statement: 'FORBIDDEN statement',
    metadata: {},
    bounds: {},
  },
  secrets: [{ hash: 'FORBIDDEN hash', sealed: 'FORBIDDEN sealed', createdAt: 1, expiresAt: 2 }],
  registrationAccessTokenHash: 'FORBIDDEN hash',
  registrationAccessTokenExpiresAt: 9,
  unusedRegistrationAccessTokens: [{ hash: 'FORBIDDEN hash', expiresAt: 9 }],
  createdAt: 1,
  updatedAt: 2,
  revision: 3,
}

it('shows of a record everything that explains it, and nothing that opens anything', async () => {
  const shown = await getClient('client', { store: { findClient: async () => RECORD } })
  expect(JSON.stringify(shown)).not.toContain('FORBIDDEN')
  expect(Object.keys(shown).sort()).toEqual(
    [
      ...Object.keys(RECORD).filter(
        (member) => !['id', 'holds'].includes(member) && !/TokenHash$|^unused/.test(member),
      ),
      'clientId',
      'explanation',
    ].sort(),
  )
  expect(shown.caller).toEqual({
    gate: 'mutual_tls',
    id: 'CN=a',
    owner: 'ann',
    claims: { tenant: 'acme' },
    certificateSubject: 'CN=a',
  })
  expect(shown.secrets).toEqual([{ createdAt: 1, expiresAt: 2 }])
})

it('of a client that is not there there is nothing to show', async () => {
  await expect(getClient('nobody', { store: { findClient: async () => undefined } })).rejects.toMatchObject({
    code: 'not_found',
    reason: 'client.unknown',
  })
})

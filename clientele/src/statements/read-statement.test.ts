import { describe, expect, it } from 'vitest'
import { OAuthError } from '../oauth/errors.ts'
import { fixedIssuerKeys } from '../runtime/issuer-keys.ts'
import { readStatement } from './read-statement.ts'
import type { TrustedStatementIssuer } from './trusted-statement-issuer.ts'

const ISSUER: TrustedStatementIssuer = {
  issuer: 'https://vouch.example',
  keys: fixedIssuerKeys({ keys: [] }),
  algorithms: ['ES256'],
  needsExpiry: false,
  clockSkewSeconds: 0,
  claims: {},
  requiredMembers: [],
  redirectUris: 'exact',
  isSingleUse: false,
}
const read = (claims: object, issuer: Partial<TrustedStatementIssuer> = {}) =>
  readStatement('a.b.c', { iss: 'https://vouch.example', ...claims } as never, { ...ISSUER, ...issuer })
const reasonOf = (work: () => unknown) => {
  try {
    work()
    return 'read'
  } catch (error) {
    return error instanceof OAuthError ? `${error.code} ${error.reason}` : String(error)
  }
}

describe('what a software statement says (RFC 7591 §2.3)', () => {
  it('is its claims that are client metadata, and none of the others', () => {
    const claims = {
      ...{
        iat: 1,
        exp: 2,
        nbf: 1,
        aud: 'x',
        sub: 'y',
        jti: 'z',
        software_statement: 'a.b.c',
        client_id: 'c',
      },
      ...{ client_name: 'App', 'client_name#de': 'Die App', software_id: 's', unheard_of: true },
    }
    expect(read(claims)).toEqual({
      issuer: 'https://vouch.example',
      statement: 'a.b.c',
      metadata: { client_name: 'App', 'client_name#de': 'Die App', software_id: 's' },
    })
  })

  it('stands under the issuer’s own names where these are mapped, and a mapped claim beats a namesake', () => {
    const claims = { org_name: 'Mapped', client_name: 'Namesake' }
    expect(read(claims, { claims: { org_name: 'client_name' } }).metadata).toEqual({ client_name: 'Mapped' })
    expect(read({ client_name: 'Own' }, { claims: { org_name: 'client_name' } }).metadata).toEqual({
      client_name: 'Own',
    })
  })

  it('is only what the issuer is trusted to say', () => {
    const claims = { client_name: 'App', 'client_name#de': 'Die App', scope: 'admin', software_id: 's' }
    expect(read(claims, { members: ['client_name'] }).metadata).toEqual({
      client_name: 'App',
      'client_name#de': 'Die App',
    })
  })

  it('is refused where it is wrong, all of it at once', () => {
    const claims = { client_name: 7, redirect_hosts: ['App.example'] }
    expect(reasonOf(() => read(claims))).toBe('invalid_software_statement software_statement.metadata')
    for (const redirect_hosts of ['a.example', [], [7], ['a.example/x'], ['*.example'], [''], {}]) {
      expect(
        reasonOf(() => read({ redirect_hosts })),
        JSON.stringify(redirect_hosts),
      ).toMatch(/metadata$/)
    }
  })

  it('is not approved without a member that it must carry, and an empty one is none', () => {
    const issuer = { requiredMembers: ['software_id', 'policy_uri'] }
    for (const claims of [{}, { software_id: 's' }, { software_id: 's', policy_uri: '' }]) {
      expect(reasonOf(() => read(claims, issuer))).toBe(
        'unapproved_software_statement software_statement.incomplete',
      )
    }
  })

  it('is not approved for other software than is listed', () => {
    const issuer = { softwareIds: ['s'] }
    expect(reasonOf(() => read({ software_id: 's' }, issuer))).toBe('read')
    for (const software_id of ['S', 's ', undefined]) {
      expect(reasonOf(() => read({ software_id }, issuer))).toBe(
        'unapproved_software_statement software_statement.software_id',
      )
    }
  })

  it('bounds the redirect URIs in place of settling them, where the client chooses some', () => {
    const redirect_uris = ['https://a.example/', 'https://b.example/']
    expect(read({ redirect_uris }).metadata).toEqual({ redirect_uris })
    const bounded = read({ redirect_uris }, { redirectUris: 'subset' })
    expect(bounded).toMatchObject({ metadata: {}, bounds: { redirectUris: redirect_uris } })
    expect(read({}, { redirectUris: 'subset' })).not.toHaveProperty('bounds')
    expect(read({ redirect_hosts: ['a.example'] }).bounds).toEqual({ redirectHosts: ['a.example'] })
  })
})

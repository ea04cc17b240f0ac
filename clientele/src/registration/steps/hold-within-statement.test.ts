import { describe, expect, it } from 'vitest'
import type { StatementBounds, Vouched } from '../../clients/client.ts'
import { OAuthError } from '../../oauth/errors.ts'
import { parseClientMetadata } from '../../oauth/parse-metadata.ts'
import { holdWithinStatement } from './hold-within-statement.ts'

const vouchedFor = (bounds?: StatementBounds): Vouched => ({
  issuer: 'https://vouch.example',
  statement: 'a.b.c',
  metadata: { client_name: 'App' },
  ...(bounds === undefined ? {} : { bounds }),
})
const hold = (bounds: StatementBounds | undefined, redirect_uris?: unknown) =>
  holdWithinStatement(
    vouchedFor(bounds),
    parseClientMetadata(redirect_uris === undefined ? {} : { redirect_uris: redirect_uris as never }),
  )
const refusedAt = (bounds: StatementBounds, uris: readonly string[]) => {
  try {
    hold(bounds, uris)
    return []
  } catch (error) {
    if (error instanceof OAuthError && error.code === 'invalid_redirect_uri') {
      return error.problems.map(({ index }) => index)
    }
    throw error
  }
}

describe('redirect URIs within a software statement', () => {
  const bounds = { redirectUris: ['https://a.example/cb', 'https://b.example/cb'] }

  it('are some of those that it names, or all where the client names none', () => {
    expect(hold(bounds, ['https://b.example/cb']).metadata.redirect_uris).toEqual(['https://b.example/cb'])
    expect(hold(bounds).metadata.redirect_uris).toEqual(bounds.redirectUris)
    expect(hold(bounds, []).metadata.redirect_uris).toEqual(bounds.redirectUris)
  })

  it('are compared as text, exactly (RFC 3986 §6.2.1)', () => {
    const near = [
      'https://a.example/cb/',
      'https://A.example/cb',
      'https://a.example:443/cb',
      'https://a.example/cb?x',
    ]
    expect(refusedAt(bounds, near)).toEqual([0, 1, 2, 3])
  })

  it('on its hosts are https, on that very host, whatever the URI looks like', () => {
    const hosts = { redirectHosts: ['a.example'] }
    expect(refusedAt(hosts, ['https://a.example/x', 'https://a.example:8443/y?z'])).toEqual([])
    const elsewhere = [
      'http://a.example/x',
      'https://a.example.evil.example/',
      'https://a.example@evil.example/',
      'https://user@a.example/',
      'https://evil.example/a.example',
      'https://evil.example?a.example',
      'https://www.a.example/',
      'a.example:/x',
    ]
    expect(refusedAt(hosts, elsewhere)).toEqual(elsewhere.map((_, index) => index))
  })

  it('that are no list are left for the check of form', () => {
    expect(hold(bounds, 'https://evil.example/').metadata).not.toHaveProperty('redirect_uris')
  })

  it('are the client’s own where the statement bounds nothing', () => {
    expect(hold(undefined, ['https://c.example/'])).toEqual(vouchedFor())
  })
})

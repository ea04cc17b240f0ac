import { describe, expect, it } from 'vitest'
import { OAuthError } from '../oauth/errors.ts'
import type { JsonObject } from '../oauth/json.ts'
import { StoreUnavailable } from '../stores/store.ts'
import { renderError } from './error-response.ts'

const render = (error: unknown, headers = {}) => renderError(error, 'request-7', headers)
const PRINTABLE = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/

describe('an error of the protocol', () => {
  it('is its code, its description and our reason (RFC 7591 §3.2.2)', async () => {
    const response = render(new OAuthError('invalid_request', 'body.too_large', 'Too long.', { status: 413 }))
    expect(response.status).toBe(413)
    expect(await response.json()).toStrictEqual({
      error: 'invalid_request',
      error_description: 'Too long.',
      reason: 'body.too_large',
    })
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('www-authenticate')).toBeNull()
  })

  it('has every problem, and none where there is none', async () => {
    const problem = { member: 'scope', reason: 'scope.type', message: 'm', rule: 'RFC 7591 §2' }
    const with1 = render(
      new OAuthError('invalid_client_metadata', 'scope.type', 'm', { problems: [problem] }),
    )
    expect(((await with1.json()) as JsonObject).problems).toStrictEqual([problem])
    expect(await render(new OAuthError('conflict', 'r', 'm')).json()).not.toHaveProperty('problems')
  })

  it('that a policy makes of a request has its reason, which a gate keeps to itself', async () => {
    const reasonOf = async (reason: string) =>
      ((await render(new OAuthError('access_denied', reason, 'm')).json()) as JsonObject).reason
    expect([await reasonOf('policy.denied'), await reasonOf('limits.reached')]).toEqual([
      'policy.denied',
      'limits.reached',
    ])
    expect(await reasonOf('certificate.unknown')).toBeUndefined()
  })

  it('keeps what was quoted in its description readable (RFC 6749 §5.2)', async () => {
    const response = render(new OAuthError('invalid_request', 'r', 'must stay "none"'))
    expect(((await response.json()) as JsonObject).error_description).toBe("must stay 'none'")
  })

  it('carries the headers of its route', () => {
    const response = render(new OAuthError('not_found', 'r', 'm'), { 'access-control-allow-origin': '*' })
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
  })

  it('is ASCII without quote and backslash, in body and challenge, whatever was refused (RFC 6749 §5.2, RFC 6750 §3)', async () => {
    const message = 'bad "value" \\ é \u202e\r\nSet-Cookie: a=b \0 \u{1f600}'
    const response = render(new OAuthError('invalid_token', 'r', message))
    expect(((await response.json()) as JsonObject).error_description).toMatch(PRINTABLE)
    const challenge = response.headers.get('www-authenticate')!
    expect(/error_description="([^"]*)"/.exec(challenge)![1]).toMatch(PRINTABLE)
    expect(response.headers.get('set-cookie')).toBeNull()
  })
})

describe('a 401', () => {
  it('without credentials has a bare challenge (RFC 6750 §3.1)', () => {
    const response = render(new OAuthError('invalid_token', 'credentials.missing', 'm'))
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="clientele"')
  })

  it('with bad ones says so, each parameter once, and keeps its reason to itself (RFC 6750 §3)', async () => {
    const response = render(new OAuthError('invalid_token', 'initial_access_token.expired', 'Not valid.'))
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer realm="clientele", error="invalid_token", error_description="Not valid."',
    )
    expect(await response.text()).not.toContain('expired')
  })
})

describe('what is no error of the protocol', () => {
  it('is a fixed sentence and the id of the request; nothing of the fault goes out', async () => {
    for (const fault of [new TypeError('secret /srv/path'), 'secret', undefined, { message: 'secret' }]) {
      const response = render(fault)
      expect(response.status).toBe(500)
      expect(await response.json()).toStrictEqual({
        error: 'server_error',
        error_description: 'The server failed. Nothing was acknowledged.',
        request_id: 'request-7',
      })
    }
  })

  it('is 503 with Retry-After when the store is away', async () => {
    const response = render(new StoreUnavailable('secret'))
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('2')
    expect(await response.text()).not.toContain('secret')
  })
})

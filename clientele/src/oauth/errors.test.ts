import { expect, it } from 'vitest'
import { ERROR_STATUS, type ErrorCode, metadataError, OAuthError } from './errors.ts'

it.each(Object.entries(ERROR_STATUS))('%s is answered with %i', (code, status) => {
  expect(new OAuthError(code as ErrorCode, 'a.reason', 'A sentence.')).toMatchObject({
    code,
    status,
    reason: 'a.reason',
    problems: [],
  })
})

it('HTTP may have a more exact status, and the cause stays inside', () => {
  const cause = new Error('inside')
  expect(new OAuthError('invalid_request', 'r', 'm', { status: 413, cause })).toMatchObject({
    status: 413,
    cause,
  })
})

it('codes are single ASCII words (RFC 7591 §3.2.2)', () => {
  for (const code of Object.keys(ERROR_STATUS)) expect(code).toMatch(/^[a-z_]+$/)
})

it('one problem is told whole, several by the first and their number', () => {
  const problem = { member: 'scope', reason: 'scope.type', message: 'must be text', rule: 'RFC 7591 §2' }
  expect(metadataError([problem])).toMatchObject({ message: 'scope: must be text', reason: 'scope.type' })
  expect(metadataError([problem, problem]).message).toBe('scope: must be text (and 1 more, see problems)')
})

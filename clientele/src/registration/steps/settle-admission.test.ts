import { describe, expect, it } from 'vitest'
import type { Admission, Gate, Presented } from '../../gates/gate.ts'
import type { CompleteMetadata } from '../../oauth/client-metadata.ts'
import { OAuthError } from '../../oauth/errors.ts'
import { admissionRefused, holds, possibleAdmissions } from './settle-admission.ts'

const STATEMENT: Admission = {
  caller: { gate: 'software_statement' },
  permissions: [],
  proviso: 'software_statement',
}
const OPEN: Admission = { caller: { gate: 'open_public' }, permissions: [], proviso: 'public_client' }
const TOKEN: Admission = {
  caller: { gate: 'initial_access_token', id: '1' },
  permissions: ['oauth-client-override'],
}
const PRESENTED: Presented = { operation: 'register', credentials: { kind: 'none' }, address: '192.0.2.1' }

const gateOf = (challenge?: 'Bearer'): Gate => ({
  name: 'x',
  ...(challenge === undefined ? {} : { challenge }),
  recognizes: () => false,
  admit: async () => OPEN,
})
const clientOf = (method: string, voucher?: string) => ({
  metadata: { token_endpoint_auth_method: method } as CompleteMetadata,
  voucher,
})
/** As `judgeAdmission` does, with what the client turned out to be. */
const settle = (
  admissions: readonly Admission[],
  client: ReturnType<typeof clientOf>,
  gates = [gateOf('Bearer')],
) => {
  const settled = possibleAdmissions(admissions, client.voucher).find((each) => holds(each, client))
  if (!settled) throw admissionRefused(admissions, PRESENTED, gates)
  return settled
}
const refusalOf = (work: () => unknown) => {
  try {
    return work()
  } catch (error) {
    if (error instanceof OAuthError) return { status: error.status, code: error.code, reason: error.reason }
    throw error
  }
}

describe('which admission holds, when it is known what would be registered', () => {
  it('is the first one whose proviso does', () => {
    expect(settle([STATEMENT, OPEN], clientOf('none')).caller.gate).toBe('open_public')
    expect(settle([OPEN, STATEMENT], clientOf('client_secret_basic', 'https://v.example')).caller.gate).toBe(
      'software_statement',
    )
    expect(settle([TOKEN], clientOf('client_secret_basic'))).toBe(TOKEN)
  })

  it('names who vouched as the caller of the gate of software statements, and of no other', () => {
    const vouched = clientOf('none', 'https://v.example')
    expect(settle([STATEMENT], vouched).caller).toEqual({
      gate: 'software_statement',
      id: 'https://v.example',
    })
    expect(settle([OPEN, STATEMENT], vouched).caller).toEqual({ gate: 'open_public' })
    expect(settle([TOKEN], vouched).caller.id).toBe('1')
  })

  it('is none for a confidential client at the open door for public ones: 401 (RFC 6750 §3.1)', () => {
    expect(refusalOf(() => settle([OPEN], clientOf('client_secret_basic')))).toEqual({
      status: 401,
      code: 'invalid_token',
      reason: 'credentials.missing',
    })
  })

  it('is none without a statement; where nothing else could let in, the error says what is missing', () => {
    expect(refusalOf(() => settle([STATEMENT], clientOf('none')))).toMatchObject({ status: 401 })
    expect(refusalOf(() => settle([STATEMENT], clientOf('none'), [gateOf()]))).toEqual({
      status: 400,
      code: 'invalid_software_statement',
      reason: 'software_statement.missing',
    })
  })
})

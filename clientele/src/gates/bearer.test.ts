import { describe, expect, it } from 'vitest'
import { OAuthError } from '../oauth/errors.ts'
import { bearerGate, type OwnAccessToken } from './bearer.ts'
import type { Operation, Presented } from './gate.ts'

const TOKEN: OwnAccessToken = {
  clientId: 'c1',
  scopes: ['register', 'see'],
  entrustedScopes: ['register', 'see'],
  isSenderConstrained: false,
}
const SCOPES = { register: 'register', read: 'see', update: 'change', delete: '' }

const gateFor = (token: OwnAccessToken | undefined) =>
  bearerGate({ isOne: (text) => text.startsWith('ours_'), find: async () => token }, SCOPES)
const shown = (token: string, operation: Operation = 'register'): Presented => ({
  operation,
  credentials: { kind: 'bearer', token },
  address: '192.0.2.1',
})

async function refusalOf(work: Promise<unknown>): Promise<OAuthError> {
  const error = await work.then(
    () => new Error('admitted'),
    (refusal: unknown) => refusal,
  )
  if (error instanceof OAuthError) return error
  throw error
}

describe('the gate for access tokens of this server', () => {
  it('admits with the client as the caller, who owns what it registers', async () => {
    expect(await gateFor(TOKEN).admit(shown('ours_1'))).toEqual({
      caller: {
        gate: 'bearer',
        id: 'c1',
        owner: 'client:c1',
        claims: { client_id: 'c1', scope: 'register see' },
      },
      permissions: [],
    })
  })

  it('names the end-user as the owner where one consented', async () => {
    const { caller } = await gateFor({ ...TOKEN, accountId: 'ada' }).admit(shown('ours_1'))
    expect(caller).toMatchObject({ id: 'c1', owner: 'account:ada', claims: { sub: 'ada' } })
  })

  it.each([
    ['register', true],
    ['read', true],
    ['update', false],
    ['delete', true],
  ] as const)('asks for the scope of the operation (RFC 6750 §3.1): %s', async (operation, isAdmitted) => {
    const admission = gateFor(TOKEN).admit(shown('ours_1', operation))
    if (isAdmitted) await expect(admission).resolves.toMatchObject({ caller: { id: 'c1' } })
    else
      expect(await refusalOf(admission)).toMatchObject({
        code: 'insufficient_scope',
        status: 403,
        scope: 'change',
      })
  })

  it('takes no scope that the client has by its own word alone, whatever it opens today', async () => {
    const climber = gateFor({ ...TOKEN, entrustedScopes: ['see'] })
    expect(await refusalOf(climber.admit(shown('ours_1')))).toMatchObject({
      code: 'insufficient_scope',
      reason: 'access_token.scope_not_entrusted',
      status: 403,
    })
    await expect(climber.admit(shown('ours_1', 'read'))).resolves.toMatchObject({ caller: { id: 'c1' } })
  })

  it('refuses one that is unknown, and one that is bound to a key, in the same words', async () => {
    const unknown = await refusalOf(gateFor(undefined).admit(shown('ours_1')))
    const bound = await refusalOf(gateFor({ ...TOKEN, isSenderConstrained: true }).admit(shown('ours_1')))
    expect([unknown.reason, bound.reason]).toEqual([
      'access_token.unknown',
      'access_token.sender_constrained',
    ])
    for (const refusal of [unknown, bound]) {
      expect(refusal).toMatchObject({ code: 'invalid_token', status: 401, message: unknown.message })
      expect(JSON.stringify(refusal) + refusal.message).not.toContain('ours_1')
    }
  })

  it('does not know credentials of another form', () => {
    const gate = gateFor(TOKEN)
    expect(gate.recognizes(shown('ours_x'))).toBe(true)
    for (const credentials of [
      { kind: 'none' },
      { kind: 'bearer', token: 'theirs_1' },
      { kind: 'other', scheme: 'basic', value: 'ours_1' },
    ] as const) {
      expect(gate.recognizes({ operation: 'register', credentials, address: '' })).toBe(false)
    }
  })
})

import { describe, expect, it } from 'vitest'
import { bearer, describeGate, presentedWith } from '../testing/gate-contract.ts'
import type { Operation } from './gate.ts'
import { type HostDecision, type HostFunction, hostFunctionGate } from './host-function.ts'

function shown(token: string, operation: Operation = 'register', method = 'POST') {
  const request = new Request('https://host.example/register', {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(method === 'POST' ? { body: '{"client_name":"secret plan"}' } : {}),
  })
  return { ...presentedWith(bearer(token), operation), request }
}

const DECISIONS: Record<string, HostDecision> = {
  'Bearer good': { caller: { id: 'ann', owner: 'team' }, permissions: ['oauth-client-get'] },
  'Bearer small': { refused: 'permission' },
}

const decide: HostFunction = (request) =>
  DECISIONS[request.headers.get('authorization') ?? ''] ?? { refused: 'credentials' }

describeGate(
  'the gate of a host function',
  async () => ({
    gate: hostFunctionGate({
      decide,
      challenge: 'Bearer',
      recognizes: ({ credentials }) => credentials.kind === 'bearer',
    }),
    good: [
      {
        presented: shown('good'),
        caller: { id: 'ann', owner: 'team' },
        permissions: ['oauth-client-get'],
      },
    ],
    bad: [{ presented: shown('bad'), reason: 'host.refused' }],
    small: [{ presented: shown('small', 'read', 'GET'), reason: 'host.not_permitted' }],
    foreign: [presentedWith({ kind: 'none' }), presentedWith(bearer('good'))],
    secrets: ['good', 'secret plan'],
  }),
  { describe, it, expect },
)

it('a host function sees address, method and headers, and cannot take the body from the registration', async () => {
  const presented = shown('good')
  const seen: unknown[] = []
  const gate = hostFunctionGate({
    decide: async (request, operation) => {
      seen.push([request.url, request.method, operation, await request.text()])
      return { caller: {}, terms: { fixed: { scope: 'profile' }, policy: 'strict' } }
    },
  })
  expect(await gate.admit(presented)).toEqual({
    caller: { gate: 'host' },
    permissions: [],
    fixed: { scope: 'profile' },
    policy: 'strict',
  })
  expect(seen).toEqual([['https://host.example/register', 'POST', 'register', '']])
  expect(await presented.request.text()).toBe('{"client_name":"secret plan"}')
})

it('a host function that fails is our bug or the host’s, and admits nobody', async () => {
  const gate = hostFunctionGate({
    decide: () => {
      throw new Error('the host is down')
    },
  })
  await expect(gate.admit(shown('good'))).rejects.toThrow('the host is down')
})

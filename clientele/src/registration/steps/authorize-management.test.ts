import { describe, expect, it } from 'vitest'
import type { Admission, Gate, Operation, Permission, Presented } from '../../gates/gate.ts'
import { unlimitedAttempts } from '../../runtime/attempt-limit.ts'
import { systemClock } from '../../runtime/clock.ts'
import { createMemoryStore } from '../../stores/memory.ts'
import { sampleAudit, sampleClient } from '../../testing/store-samples.ts'
import { authorizeManagement, goneMeanwhile } from './authorize-management.ts'

/** Who may manage a registration through a gate (RFC 7592 §2), and what they learn of others. */

const CLIENT = sampleClient({ caller: { gate: 'basic', owner: 'team' } })

async function manage(
  id: string,
  { owner = 'team', permissions = [], challenge }: Partial<Caller> = {},
  operation: Operation = 'read',
) {
  const store = createMemoryStore()
  await store.createClient(CLIENT, { audit: sampleAudit(CLIENT.id, 'client.registered') })
  const admission: Admission = { caller: { gate: 'x', owner }, permissions }
  const gate: Gate = {
    name: 'x',
    ...(challenge === undefined ? {} : { challenge }),
    recognizes: () => true,
    admit: async () => admission,
  }
  const presented: Presented = { operation, credentials: { kind: 'none' }, address: '' }
  const deps = {
    store,
    gates: [gate],
    clock: systemClock,
    attempts: unlimitedAttempts,
    ignoreForeignBearer: false,
  }
  return authorizeManagement(id, presented, deps).catch((error: unknown) => error)
}

interface Caller {
  readonly owner: string
  readonly permissions: readonly Permission[]
  readonly challenge: 'Bearer' | 'Basic'
}

describe('a caller of a gate', () => {
  it('manages its own', async () => {
    expect(await manage(CLIENT.id)).toMatchObject({ client: { id: CLIENT.id }, manager: { owner: 'team' } })
  })

  it('cannot tell somebody else’s client from one that does not exist: 403 for both', async () => {
    const foreign = await manage(CLIENT.id, { owner: 'other', challenge: 'Basic' })
    const unknown = await manage('nobody', { owner: 'other', challenge: 'Basic' })
    expect(foreign).toMatchObject({
      status: 403,
      code: 'insufficient_scope',
      reason: 'management.not_permitted',
      challenges: ['Basic'],
    })
    expect({ ...(unknown as object) }).toEqual({ ...(foreign as object) })
    expect((unknown as Error).message).toBe((foreign as Error).message)
  })

  it('with the permission for another operation cannot either', async () => {
    const permissions = ['oauth-client-update', 'oauth-client-delete', 'oauth-client-registration'] as const
    expect(await manage('nobody', { permissions })).toMatchObject({ status: 403 })
  })

  it('with the permission for all clients is told that there is none (RFC 7592 §2.1), and how to ask', async () => {
    for (const challenge of ['Basic', 'Bearer'] as const)
      expect(await manage('nobody', { permissions: ['oauth-client-get'], challenge })).toMatchObject({
        status: 401,
        code: 'invalid_token',
        message: 'There is no client with this id.',
        challenges: [challenge],
      })
    // A gate without a challenge: what would help is the registration access token.
    expect(await manage('nobody', { permissions: ['oauth-client-get'] })).toMatchObject({
      challenges: ['Bearer'],
    })
  })
})

it('a client that went meanwhile is gone in words that fit what the manager showed', async () => {
  const managed = { client: CLIENT, manager: { gate: 'x' }, permissions: [], challenges: ['Basic'] } as const
  expect(goneMeanwhile(managed)).toMatchObject({
    status: 401,
    message: 'There is no client with this id.',
    challenges: ['Basic'],
  })
  expect(goneMeanwhile({ ...managed, registrationAccessToken: 'x' })).toMatchObject({
    status: 401,
    message: 'The registration access token is not valid.',
  })
})

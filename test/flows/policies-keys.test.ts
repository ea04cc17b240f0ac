import { describe, expect, it } from 'vitest'
import type { Gate } from '../../clientele/src/gates/gate.ts'
import type { PolicyDefinition } from '../../clientele/src/policies/policy-definition.ts'
import { policyKeys } from '../harness/policy-keys.ts'
import {
  type Answer,
  type RegistrationSetup,
  type SentRequest,
  setUpRegistration,
} from '../harness/registration.ts'
import { ROWS, type Row, type Seen, vouch, WEB } from './policy-rows.ts'

/**
 * Every key of the policy language, over HTTP, at a creation (RFC 7591 §3) and at an update (RFC 7592 §2.2); and that it is
 * this key which does it: without it the same request gets something else. The keys are read from the schemas, so that one
 * without a row is found here.
 */

/** Of its own word, as a gate of the host application. */
const HOST: Gate = {
  name: 'host',
  recognizes: ({ request, operation }) => operation === 'register' && request!.headers.has('x-caller'),
  admit: async ({ request }) => ({
    caller: {
      gate: 'host',
      id: request!.headers.get('x-caller')!,
      claims: { tenant: 'a' },
      certificate: { subject: 'CN=x,O=A' } as never,
    },
    permissions: ['oauth-client-override'],
  }),
}

function setUp(policy: PolicyDefinition | undefined, from?: RegistrationSetup): RegistrationSetup {
  const named = policy && { name: 'default', ...policy }
  return setUpRegistration({
    gates: [HOST],
    statements: {
      isRequired: false,
      verify: async (statement) => vouch(statement),
      replayMark: () => undefined,
    },
    ...(named === undefined ? {} : { policies: [named] }),
    ...(from === undefined ? {} : { store: from.store }),
  })
}

interface Outcome {
  readonly setup: RegistrationSetup
  readonly answer: Answer
  /** At an update. */
  readonly before?: Answer
}

/** What there is to see of an outcome, in the form of what is expected. */
async function see({ look }: Row, seen: Seen, { setup, answer, before }: Outcome): Promise<unknown> {
  if (look !== undefined) return look(answer, (await setup.record(answer))!, before) ? seen : answer.text
  if (typeof seen === 'number') return answer.status
  if (seen instanceof RegExp) return seen.test(answer.text) ? seen : answer.text
  if (Array.isArray(seen)) {
    const problems = (answer.body.problems ?? []) as readonly { reason: string; member: string }[]
    return [...new Set(problems.map(({ reason }) => reason))].sort()
  }
  const isThere = answer.status < 300
  return isThere
    ? Object.fromEntries(Object.keys(seen).map((member) => [member, answer.body[member]]))
    : `${answer.status}: ${answer.text}`
}

async function create(row: Row, policy: PolicyDefinition): Promise<Outcome> {
  const setup = setUp(policy)
  const request = await requestOf(row, setup)
  if (row.other !== undefined) expect((await setup.register(row.other, request)).status).toBe(201)
  return { setup, answer: await setup.register(row.asked, request) }
}

async function requestOf({ request = {}, token }: Row, setup: RegistrationSetup): Promise<SentRequest> {
  return token === undefined ? request : { ...request, token: await setup.initialAccessToken(token) }
}

/** The client is there before: under the policy, or where that would not have let it in, from before the policy came. */
async function update(row: Row, policy: PolicyDefinition): Promise<Outcome> {
  let setup = setUp(policy)
  const request = await requestOf(row, setup)
  const before = row.before ?? WEB
  let client = await setup.register(before, request)
  if (client.status !== 201) {
    const free = setUp(undefined, setup)
    client = await free.register(before, await requestOf(row, free))
    setup = setUp(policy, setup)
  }
  expect(client.status, client.text).toBe(201)
  // Later than the client itself, so that it meets no limit on its way.
  if (row.other !== undefined) await setup.register(row.other, request)
  const standing = await setup.record(client)
  const { client_id: _, ...asked } = row.asked
  const answer = await setup.update(client, asked, row.request?.from ? { from: row.request.from } : {})
  if (answer.status !== 200) expect(await setup.record(client)).toEqual(standing)
  return { setup, answer, before: client }
}

/** The same policy without the key. */
function without(policy: PolicyDefinition, key: string): PolicyDefinition {
  const copy = structuredClone(policy)
  const path = key.split('.')
  let table = copy as Record<string, never>
  for (const part of path.slice(0, -1)) {
    table = (part === '<name>' ? Object.values(table)[0]! : table[part]!) as never
    if (Array.isArray(table)) table = table[0]
  }
  expect(table).toHaveProperty([path.at(-1)!])
  delete table[path.at(-1)!]
  return copy
}

it('every key of the language has a row, and no row has another', () => {
  expect([...new Set(ROWS.map(({ key }) => key))].sort()).toEqual([...policyKeys()].sort())
})

async function expectToAct(row: Row, seen: Seen | 'no part', send: typeof create): Promise<void> {
  const outcome = await send(row, row.policy)
  expect(outcome.setup.faults).toEqual([])
  if (seen === 'no part') {
    expect(outcome.answer.status, outcome.answer.text).toBeLessThan(300)
    return
  }
  expect(await see(row, seen, outcome), outcome.answer.text).toEqual(seen)
  if (row.isNeeded) return
  const other = await send(row, without(row.policy, row.key))
  expect(await see(row, seen, other), other.answer.text).not.toEqual(seen)
}

describe.each(ROWS.map((row) => [`${row.key}${row.isNeeded ? ' (as meant)' : ''}`, row] as const))(
  '%s',
  (_, row) => {
    it('acts at a creation, and without it something else is so', () =>
      expectToAct(row, row.created ?? row.seen, create))

    it('acts at an update, and without it something else is so', () =>
      expectToAct(row, row.updated ?? row.seen, update))
  },
)

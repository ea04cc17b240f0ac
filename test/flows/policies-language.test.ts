/** Policies as an operator or a program writes them, over real HTTP: where they come from, and which one governs. */
import { afterEach, describe, expect, test } from 'vitest'
import { definePolicy, type PolicyDefinition } from '../../clientele/src/policies/policy-definition.ts'
import { startGatesServer, WEB } from './gates-server.ts'

type Server = Awaited<ReturnType<typeof startGatesServer>>
let server: Server
afterEach(() => server.close())

const open = { registration: { anonymous: true } }
const start = async (...policy: readonly PolicyDefinition[]) => {
  server = await startGatesServer({ ...open, policies: { policy } })
  return server
}

test('a preset governs where the configuration names it as the default', async () => {
  server = await startGatesServer({ ...open, policies: { default: 'machine' } })
  const refused = await server.register(WEB)
  expect([refused.status, refused.body.error]).toEqual([400, 'invalid_redirect_uri'])
  const machine = await server.register({ client_name: 'Job' })
  expect(machine.status).toBe(201)
  expect(machine.body).toMatchObject({ grant_types: ['client_credentials'], client_name: 'Job' })
})

test('a policy with the name of a preset replaces it, and may begin with it', async () => {
  await start({ name: 'default', extends: 'default', redirect_uris: { max_count: 1 } })
  const two = { redirect_uris: [...WEB.redirect_uris, 'https://client.example/2'] }
  expect((await server.register(two)).status).toBe(400)
  expect((await server.register(WEB)).status).toBe(201)
})

describe('which one governs', () => {
  const named = (name: string, when: PolicyDefinition['when']): PolicyDefinition => ({
    name,
    ...(when === undefined ? {} : { when }),
    member: { client_name: { force: name } },
  })

  test('is the first whose conditions hold, in the order in which they are written', async () => {
    await start(
      named('never', undefined),
      named('others', { gates: ['api_key'] }),
      named('first', { gates: ['open'] }),
      named('second', {}),
    )
    expect((await server.register(WEB)).body).toMatchObject({ client_name: 'first' })
  })

  test('is the default where none holds', async () => {
    await start(named('others', { gates: ['api_key'] }), named('default', undefined))
    expect((await server.register(WEB)).body).toMatchObject({ client_name: 'default' })
  })

  test('stays the same at an update, whatever the update says (RFC 7592 §2.2)', async () => {
    await start({
      name: 'odd',
      when: { claimed_software_ids: ['odd'] },
      member: { client_name: { force: 'Odd' } },
    })
    const client = await server.register({ ...WEB, software_id: 'odd' })
    const updated = await server.manage('PUT', client, { body: { client_name: 'Even', software_id: 'even' } })
    expect(updated.body).toMatchObject({ client_name: 'Odd', software_id: 'even' })
  })
})

describe('what a refused client is told', () => {
  const strict: PolicyDefinition = { name: 'default', redirect_uris: { hosts: ['other.example'] } }

  test('the member and the rule in words, and no name of a policy', async () => {
    await start(strict)
    const { status, body } = await server.register(WEB)
    expect(status).toBe(400)
    expect(JSON.stringify(body)).toContain('is not on a host that this server accepts')
    expect(JSON.stringify(body)).not.toContain('redirect_uris.hosts')
  })

  test('the names too, where the policy is public', async () => {
    await start({ ...strict, explain: 'public' })
    const { body } = await server.register(WEB)
    expect(JSON.stringify(body)).toMatch(/policy default \([0-9a-f]{12}\): redirect_uris\.hosts/)
  })
})

describe('a policy of a program', () => {
  const program = definePolicy({
    name: 'default',
    rules: [
      {
        name: 'program.contacts',
        round: 'granted',
        decide: async ({ contacts = [] }) =>
          contacts.every((contact) => contact.endsWith('@client.example'))
            ? []
            : [
                {
                  kind: 'refuse',
                  member: 'contacts',
                  reason: 'stranger',
                  because: 'has somebody we do not know',
                },
              ],
      },
    ],
    makeClientId: async ({ client_name = 'unnamed' }) => `program-${client_name}`,
  })

  test('has its asynchronous rule and its own client ids', async () => {
    await start(program)
    const contacts = ['dev@client.example']
    const client = await server.register({ ...WEB, client_name: 'one', contacts })
    expect([client.status, client.body.client_id]).toEqual([201, 'program-one'])
    const stranger = { contacts: ['dev@evil.example'] }
    const refused = await server.register({ ...WEB, client_name: 'two', ...stranger })
    expect(refused.status).toBe(400)
    expect(JSON.stringify(refused.body)).toContain('contacts.stranger')
    expect((await server.manage('PUT', client, { body: stranger })).status).toBe(400)
  })
})

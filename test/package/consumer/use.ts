/** A program of somebody who has installed the package: it is compiled there, and here. */
import { type ClientInformation, createRegistrar, OAuthError, type RegistrarOptions } from 'clientele'
import { defineCustomMembers } from 'clientele/custom-members'
import { apiKeyGate, type Gate, initialAccessTokenGate, openGate, systemClock } from 'clientele/gates'
import { type NodeHandler, nodeHandler } from 'clientele/node'
import { definePolicy } from 'clientele/policies'
import { isRedirectUriAllowed, verifyClientSecret } from 'clientele/registry'
import { startServer } from 'clientele/server'
import { createStatementVerifier } from 'clientele/statements'
import { createMemoryStore } from 'clientele/stores/memory'
import { openPostgresStore } from 'clientele/stores/postgres'
import { openSqliteStore } from 'clientele/stores/sqlite'
import { describeStore, sampleClient } from 'clientele/testing'

const store = createMemoryStore()

const friends: Gate = {
  name: 'friends',
  recognizes: ({ request }) => request?.headers.has('x-friend') === true,
  admit: async () => ({ caller: { gate: 'friends', owner: 'a-friend' }, permissions: [] }),
}

const ours = definePolicy({
  name: 'ours',
  extends: 'web-confidential',
  redirect_uris: { hosts: ['*.example.org'] },
  rules: [
    {
      round: 'granted',
      name: 'no-localhost-names',
      decide: ({ client_name }) =>
        client_name === 'localhost' ? [{ kind: 'deny', reason: 'name', because: 'is not a name' }] : [],
    },
  ],
})

const options: RegistrarOptions = {
  issuer: 'https://id.example.com',
  store,
  gates: [friends, apiKeyGate(store, systemClock), initialAccessTokenGate(store, systemClock), openGate()],
  policies: [ours],
  defaultPolicy: 'ours',
  customMembers: defineCustomMembers([{ name: 'team', schema: { type: 'string' } }]),
  sealingKey: new Uint8Array(32),
  onEvent: ({ action, subject, metadata }) => void [action, subject, metadata?.redirect_uris],
}

export async function use(): Promise<NodeHandler> {
  const registrar = createRegistrar(options)
  try {
    const client: ClientInformation = await registrar.register({ client_name: 'A', team: 'red' })
    const known = await registrar.findClient(client.client_id)
    if (known && !isRedirectUriAllowed(known, 'https://a.example.org/cb')) verifyClientSecret(known, 'x', 0)
    await registrar.update(client.client_id, { client_name: 'B' }, { token: 'x', clientAddress: '192.0.2.1' })
    // @ts-expect-error reading a registration takes a credential
    await registrar.read(client.client_id)
    // @ts-expect-error there is no such option
    createRegistrar({ ...options, databaseUrl: 'postgres://localhost' })
  } catch (error) {
    if (error instanceof OAuthError) error.problems.map(({ member, reason }) => `${member}: ${reason}`)
  }
  return nodeHandler(registrar)
}

export const others = [
  startServer,
  createStatementVerifier,
  openPostgresStore,
  openSqliteStore,
  describeStore,
  sampleClient,
]

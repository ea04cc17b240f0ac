/** The MCP clients of `test/fixtures` under the preset `mcp`, over real HTTP: they register and log in as they do elsewhere. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClientFixture } from '../fixtures/client-fixture.ts'
import { MCP_COMMAND_LINE } from '../fixtures/clients/mcp-command-line.ts'
import { MCP_EDITORS } from '../fixtures/clients/mcp-editors.ts'
import { MCP_HOSTED } from '../fixtures/clients/mcp-hosted.ts'
import { MCP_LIBRARIES } from '../fixtures/clients/mcp-libraries.ts'
import { logIn, type Registered } from '../harness/client-login.ts'
import { type RealServer, startRealServer } from '../harness/real-server.ts'

const FIXTURES = [...MCP_EDITORS, ...MCP_HOSTED, ...MCP_COMMAND_LINE, ...MCP_LIBRARIES]
/** A program without a user has nobody who sees its name: it is for the preset `machine`. */
const FOR_ITSELF = FIXTURES.filter(({ name }) => name === 'MCP SDK with client credentials')

let server: RealServer
beforeAll(async () => {
  server = await startRealServer({ policies: { default: 'mcp' } })
})
afterAll(() => server.close())

const register = ({ sends }: ClientFixture) => server.register(sends.body, sends.headers)

describe.each(FIXTURES.filter((each) => !FOR_ITSELF.includes(each)))('$name', (fixture) => {
  test('registers, with the method that it named, or client_secret_post where it named none', async () => {
    const response = await register(fixture)
    expect(response.status).toBe(201)
    const { token_endpoint_auth_method: named = 'client_secret_post' } = fixture.sends.body as Record<
      string,
      unknown
    >
    expect(await response.json()).toMatchObject({ token_endpoint_auth_method: named, require_pkce: true })
  })

  test.each(fixture.logins.map((login) => [login.redirectUri, login.method, login] as const))(
    'logs in at %s with %s, whatever place its library has for the secret (RFC 6749 §2.3.1)',
    async (_uri, _method, login) => {
      const client = (await (await register(fixture)).json()) as Registered
      const { tokens } = await logIn(server, client, login)
      expect(tokens.status, JSON.stringify(tokens.body)).toBe(200)
    },
  )
})

test.each(FOR_ITSELF)('$name is refused: it asks for no grant of this policy', async (fixture) => {
  const response = await register(fixture)
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ problems: [{ member: 'grant_types' }] })
})

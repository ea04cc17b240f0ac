/** The programs in `examples/` run, and say what their README says. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GatesServer, startGatesServer } from './flows/gates-server.ts'

const EXAMPLE = join(import.meta.dirname, '../examples/mobile-install')
const run = promisify(execFile)

let server: GatesServer
beforeAll(async () => {
  server = await startGatesServer()
})
afterAll(() => server.close())

async function runExample(apiKey: string): Promise<string> {
  const env = { ...process.env, CLIENTELE_API_KEY: apiKey }
  return (await run(process.execPath, [join(EXAMPLE, 'main.ts'), server.url], { env })).stdout
}

test('mobile-install: two installations of one app have two secrets, and one is revoked alone', async () => {
  const { key } = await server.operator.createApiKey({
    permissions: ['authenticate', 'oauth-client-registration'],
    owner: 'notes',
    expiresInSeconds: 60,
  })
  const said = await runExample(key)
  expect(said).toContain("The token on Ana's phone still works: false")
  expect(said).toContain("Ben's phone gets another token: true")
  expect(readFileSync(join(EXAMPLE, 'README.md'), 'utf8')).toContain(`\`\`\`\n${said}\`\`\``)
})

test('mobile-install: without the right to register it ends with the reason', async () => {
  const { key } = await server.operator.createApiKey({ permissions: ['authenticate'], expiresInSeconds: 60 })
  await expect(runExample(key)).rejects.toThrow(/insufficient_scope/)
})

test('duende-customization: a claim decides which scopes a caller registers, a permission whose secret counts', async () => {
  const folder = join(import.meta.dirname, '../examples/duende-customization')
  const sources = join(import.meta.dirname, 'harness/from-sources.ts')
  const { stdout, stderr } = await run(process.execPath, ['--import', sources, join(folder, 'main.ts')])
  expect(stderr).toBe('')
  expect(stdout).toContain('The pipeline asks for orders.read orders.write and gets orders.read.')
  expect(stdout).toContain("The pipeline's client asks again, in an update, and gets orders.read.")
  expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain(`\`\`\`\n${stdout}\`\`\``)
})

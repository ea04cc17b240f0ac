/** Two callers register clients: what each may, its claim says. `node main.ts` */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig, startServer } from 'clientele/server'
import { decide } from './callers.ts'
import { byClaim } from './policy.ts'

const data = mkdtempSync(join(tmpdir(), 'clientele-example-'))
const config = parseConfig({
  server: { port: 0, data },
  scopes: { supported: ['openid', 'orders.read', 'orders.write'], default: ['openid'] },
  policies: { policy: [byClaim], default: 'by-claim' },
})
const server = await startServer(config, {
  // Everything that registers is ours to judge; a client with a registration access token manages itself as ever.
  host: { decide, challenge: 'Bearer', recognizes: ({ operation }) => operation === 'register' },
})

async function send(method: string, url: string, authorization: string, metadata: object) {
  const headers = { 'content-type': 'application/json', authorization }
  const response = await fetch(url, { method, headers, body: JSON.stringify(metadata) })
  return { status: response.status, body: (await response.json()) as Record<string, string> }
}
const register = (caller: string, metadata: object) =>
  send('POST', `${server.url}/register`, `Bearer ${caller}`, metadata)

const mine = 'a secret of forty-three characters or more'.replaceAll(' ', '-').padEnd(43, '.')
const asked = { client_name: 'Reports', scope: 'orders.read orders.write', client_secret: mine }

const reports = await register('pipeline', asked)
console.log(`The pipeline asks for ${asked.scope} and gets ${reports.body.scope}.`)
console.log(`Its own secret counts: ${reports.body.client_secret === mine}`)

const ledger = await register('platform', { ...asked, client_name: 'Ledger' })
console.log(`The platform team asks for ${asked.scope} and gets ${ledger.body.scope}.`)
console.log(`Its own secret counts: ${ledger.body.client_secret === mine}`)

const refused = await register('pipeline', { client_name: 'Writer', scope: 'orders.write' })
console.log(`The pipeline asks for orders.write alone: ${refused.status}, ${refused.body.error_description}`)

const { client_id, registration_client_uri: uri, registration_access_token: token } = reports.body
const updated = await send('PUT', uri!, `Bearer ${token}`, { client_id, scope: asked.scope })
console.log(`The pipeline's client asks again, in an update, and gets ${updated.body.scope}.`)

const stranger = await register('somebody', asked)
console.log(`A stranger: ${stranger.status}, ${stranger.body.error}`)

await server.close()
rmSync(data, { recursive: true })

/** The registration host and the authorization host, each a process of its own with a database user of its own. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../harness/free-port.ts'
import { Person } from '../../harness/person.ts'
import { useDatabase } from '../../harness/postgres.ts'
import { ADA } from '../../harness/real-server.ts'
import { type ChildServer, runCommand, startChildServer, stopChildServer } from '../child-server.ts'

const database = useDatabase()
const schema = database.newSchema()
const user = `user_${randomBytes(4).toString('hex')}`
const registrar = `${user}_r`
const folder = mkdtempSync(join(tmpdir(), 'clientele-two-hosts-'))
const REDIRECT_URI = 'https://rp.example.org/cb'
const METADATA = { redirect_uris: [REDIRECT_URI], grant_types: ['authorization_code', 'refresh_token'] }
const insecure = { execute: [oidc.allowInsecureRequests] }

let issuer = ''
let registrationUrl = ''
const hosts: Record<string, ChildServer> = {}

/** One file for both: only the role, the port, the data folder and the database user differ. */
function environmentOf(role: string): Record<string, string> {
  const isAuthorization = role === 'authorization'
  return {
    CLIENTELE_STORAGE__URL: database.urlFor(isAuthorization ? user : registrar, 'p'),
    CLIENTELE_SERVER__DATA: join(folder, role),
  }
}

async function start(role: string, address: string): Promise<void> {
  const port = new URL(address).port
  // Later arguments win: the child server asks for any port.
  const args = ['--role', role, '--port', port]
  hosts[role] = await startChildServer({ folder, environment: environmentOf(role) }, args)
}

beforeAll(async () => {
  const [one, other] = [await freePort(), await freePort()]
  issuer = `http://127.0.0.1:${one}/login`
  registrationUrl = `http://127.0.0.1:${other}/clients`
  const key = join(folder, 'sealing.key')
  mkdirSync(folder, { recursive: true })
  writeFileSync(key, randomBytes(32).toString('base64'), { mode: 0o600 })
  writeFileSync(
    join(folder, 'clientele.toml'),
    `[server]
issuer = "${issuer}"
registration_url = "${registrationUrl}"
sealing_key_file = "${key}"
drain_seconds = 1

[storage]
schema = "${schema}"

[registration]
anonymous = true

[scopes]
supported = ["openid", "offline_access", "profile", "email", "reports:read"]
`,
  )
  const migrated = await runCommand(['migrate', '--json'], {
    folder,
    environment: { ...environmentOf('registration'), CLIENTELE_STORAGE__URL: database.url },
  })
  expect(migrated).toMatchObject({ code: 0, stderr: '' })
  await database.run(`CREATE ROLE ${user} LOGIN PASSWORD 'p' IN ROLE ${schema}_authorization`)
  await database.run(`CREATE ROLE ${registrar} LOGIN PASSWORD 'p' IN ROLE ${schema}_registration`)
  await start('registration', registrationUrl)
  await start('authorization', issuer)
  const account = await runCommand(['account', 'add', ADA.email, '--password-stdin'], {
    folder,
    environment: environmentOf('registration'),
    input: `${ADA.password}\n`,
  })
  expect(account).toMatchObject({ code: 0, stderr: '' })
}, 60_000)

afterAll(async () => {
  await Promise.all(Object.values(hosts).map((host) => stopChildServer(host)))
  await database.run(`DROP SCHEMA ${schema} CASCADE`)
  await database.run(`DROP ROLE ${user}, ${registrar}`)
  for (const role of ['registration', 'authorization', 'registry'])
    await database.run(`DROP ROLE ${schema}_${role}`)
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

describe('discovery', () => {
  it('on either host names the endpoints of the other, in one document', async () => {
    const at = async (url: string) => {
      const { origin, pathname } = new URL(url)
      const answer = await fetch(`${origin}/.well-known/oauth-authorization-server${pathname}`)
      expect(answer.status, url).toBe(200)
      return answer.json()
    }
    const document = await at(issuer)
    expect(document).toMatchObject({
      issuer,
      registration_endpoint: `${registrationUrl}/register`,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
    })
    expect(await at(registrationUrl)).toEqual(document)
  })
})

describe('a client', () => {
  it('registers at one host and logs its people in at the other', async () => {
    const config = await oidc.dynamicClientRegistration(
      new URL(issuer),
      METADATA,
      oidc.ClientSecretBasic(),
      insecure,
    )
    const client = config.clientMetadata() as Record<string, unknown>
    expect(client.registration_client_uri).toBe(`${registrationUrl}/register/${client.client_id}`)
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT_URI,
      scope: 'openid email',
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    })
    const { location } = await new Person(new URL(issuer).origin, ADA).authorize(url.href)
    const tokens = await oidc.authorizationCodeGrant(config, new URL(location), { pkceCodeVerifier })
    expect(tokens.claims()!.iss).toBe(issuer)
    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token!)
    expect(await oidc.fetchUserInfo(config, refreshed.access_token, tokens.claims()!.sub)).toMatchObject({
      email: ADA.email,
    })
  })

  it('gets tokens with its secret at one, is deleted at the other, and gets none any more', async () => {
    const config = await oidc.dynamicClientRegistration(
      new URL(issuer),
      { grant_types: ['client_credentials'], redirect_uris: [], response_types: [], scope: 'reports:read' },
      oidc.ClientSecretBasic(),
      insecure,
    )
    const client = config.clientMetadata() as unknown as Record<string, string>
    const getToken = () =>
      fetch(config.serverMetadata().token_endpoint!, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${client.client_id}:${client.client_secret}`)}` },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      })
    expect((await getToken()).status).toBe(200)
    const headers = { authorization: `Bearer ${client.registration_access_token}` }
    const gone = await fetch(client.registration_client_uri!, { method: 'DELETE', headers })
    expect(gone.status).toBe(204)
    // At the very next request where the authorization host reads through, within a second where it keeps what it read.
    await expect.poll(async () => (await getToken()).status).toBe(401)
  })
})

describe('the authorization host', () => {
  it('registers nobody and manages no client: those addresses do not exist there', async () => {
    for (const path of ['/login/register', '/register', '/clients/register', '/clients/register/x']) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
        const answer = await fetch(new URL(path, issuer), { method })
        expect(answer.status, `${method} ${path}`).toBe(404)
      }
    }
  })

  it('runs as a database user who can read clients and not write them', async () => {
    const sessions = await database.run<{ usename: string }>(
      'SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = current_database()',
    )
    expect(sessions.map(({ usename }) => usename)).toContain(user)
    const can = async (right: string) => {
      const sql = `SELECT has_table_privilege($1, '${schema}.clients', $2) AS can`
      return (await database.run<{ can: boolean }>(sql, [user, right]))[0]!.can
    }
    expect(await can('SELECT')).toBe(true)
    for (const right of ['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'])
      expect(await can(right), right).toBe(false)
  })

  it('is ready, and its operator rotates keys there and does all else at the other', async () => {
    for (const address of [issuer, registrationUrl])
      expect((await fetch(`${address}/readyz`)).status, address).toBe(200)
    const at = (role: string, ...command: string[]) =>
      runCommand(command, { folder, environment: environmentOf(role) })
    const listing = await at('authorization', 'clients', 'list')
    expect(listing.code).not.toBe(0)
    expect(listing.stderr).toContain('This is the authorization host. Ask the registration host.')
    expect(await at('registration', 'clients', 'list')).toMatchObject({ code: 0, stderr: '' })
    const rotating = await at('registration', 'keys', 'rotate')
    expect(rotating.stderr).toContain('This is the registration host. Ask the authorization host.')
    const jwks = async () => (await (await fetch(`${issuer}/jwks`)).json()) as { keys: { kid: string }[] }
    const before = (await jwks()).keys.length
    expect(await at('authorization', 'keys', 'rotate')).toMatchObject({ code: 0, stderr: '' })
    expect((await jwks()).keys.length).toBeGreaterThan(before)
  })
})

describe('the registration host', () => {
  it('signs nobody in and issues no token: those addresses do not exist there', async () => {
    for (const base of ['/clients', '/login', '']) {
      for (const path of [
        '/authorize',
        '/token',
        '/jwks',
        '/userinfo',
        '/introspect',
        '/revoke',
        '/device',
      ]) {
        const answer = await fetch(new URL(base + path, registrationUrl), { method: 'POST' })
        expect(answer.status, base + path).toBe(404)
      }
      expect((await fetch(new URL(`${base}/interaction/x`, registrationUrl))).status).toBe(404)
    }
  })
})

describe('two hosts', () => {
  it('are refused on SQLite, in a sentence', async () => {
    const { CLIENTELE_STORAGE__URL: _, ...environment } = environmentOf('authorization')
    const refused = await runCommand(['serve', '--role', 'authorization'], { folder, environment })
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('A SQLite database is one file for one server')
  })

  it('are not started against a schema that is not there, by a user who may not make it', async () => {
    const environment = { ...environmentOf('authorization'), CLIENTELE_STORAGE__SCHEMA: database.newSchema() }
    const data = join(folder, 'other')
    const refused = await runCommand(['serve', '--role', 'authorization', '--port', '0', '--data', data], {
      folder,
      environment,
    })
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/clientele migrate/)
  })
})

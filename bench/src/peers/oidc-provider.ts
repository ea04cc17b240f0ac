/**
 * oidc-provider alone, with its own registration (RFC 7591, RFC 7592), as a developer would set it up: the features that
 * are measured, signing keys that are kept beside the database, and a simple adapter for SQLite, or for the PostgreSQL database
 * that `BENCH_POSTGRES` names.
 */
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { type JWK, Provider } from 'oidc-provider'
import pg from 'pg'
import { createAdapterFactory } from './oidc-adapter.ts'
import { createPostgresAdapterFactory } from './oidc-postgres-adapter.ts'

const [port, folder] = process.argv.slice(2)
const keysFile = join(folder!, 'keys.json')
if (!existsSync(keysFile)) writeFileSync(keysFile, JSON.stringify(makeKeys()), { mode: 0o600 })
const keys = JSON.parse(readFileSync(keysFile, 'utf8')) as JWK[]

const hour = 3600
const provider = new Provider(`http://127.0.0.1:${port}`, {
  adapter: await openAdapter(process.env.BENCH_POSTGRES),
  jwks: { keys },
  cookies: { keys: ['not a secret: nothing here signs in'] },
  claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
  features: {
    devInteractions: { enabled: false },
    registration: { enabled: true },
    registrationManagement: { enabled: true, rotateRegistrationAccessToken: false },
    clientCredentials: { enabled: true },
  },
  ttl: { ClientCredentials: hour },
})
provider.listen(Number(port), '127.0.0.1')

async function openAdapter(postgres: string | undefined) {
  return postgres === undefined
    ? createAdapterFactory(new Database(join(folder!, 'oidc-provider.sqlite')))
    : createPostgresAdapterFactory(new pg.Pool({ connectionString: postgres }))
}

function makeKeys(): JWK[] {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  return [rsa, ec].map((key) => key.export({ format: 'jwk' }) as JWK)
}

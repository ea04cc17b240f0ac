import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRealServer } from '../harness/real-server.ts'
import { readAnswer } from '../harness/registration.ts'
import { runCommand } from './child-server.ts'

/** `clientele software-statement`: a small ecosystem of one's own, from the key to the registered client. */

let folder: string
const ISSUER = 'https://ecosystem.example'

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-statement-'))
  const { code, stdout } = await run(['keygen', 'issuer.key.json'])
  expect(code).toBe(0)
  writeFileSync(join(folder, 'jwks.json'), stdout)
})

afterAll(() => rmSync(folder, { recursive: true }))

const run = (args: readonly string[], input?: string) =>
  runCommand(['software-statement', ...args], { folder, ...(input === undefined ? {} : { input }) })

async function sign(...args: readonly string[]): Promise<string> {
  const who = ['--key', 'issuer.key.json', '--issuer', ISSUER, '--software-id', 'app']
  const { code, stdout, stderr } = await run(['sign', ...who, ...args])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.trim()
}

describe('keygen', () => {
  it('writes the private key for its owner alone, and prints only the public one', () => {
    const file = join(folder, 'issuer.key.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const { d, ...rest } = JSON.parse(readFileSync(file, 'utf8'))
    expect(d).toMatch(/^[\w-]{43}$/)
    const jwks = readFileSync(join(folder, 'jwks.json'), 'utf8')
    expect(jwks).not.toContain(d)
    expect(JSON.parse(jwks)).toEqual({
      keys: [expect.objectContaining({ kid: rest.kid, alg: 'ES256', use: 'sig' })],
    })
  })

  it('never writes over a key: every statement that it signed would lose its proof', async () => {
    const before = readFileSync(join(folder, 'issuer.key.json'), 'utf8')
    const { code, stderr } = await run(['keygen', 'issuer.key.json'])
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'issuer.key.json exists already.\n' })
    expect(readFileSync(join(folder, 'issuer.key.json'), 'utf8')).toBe(before)
  })

  it.each(['Ed25519', 'PS256', 'RS256'])('makes keys for %s that sign', async (algorithm) => {
    const { stdout } = await run(['keygen', `${algorithm}.json`, '--algorithm', algorithm, '--json'])
    const made = JSON.parse(stdout)
    expect(made).toMatchObject({ key_file: `${algorithm}.json`, jwks: { keys: [{ alg: algorithm }] } })
    writeFileSync(join(folder, 'other.json'), JSON.stringify(made.jwks))
    const statement = await sign('--key', `${algorithm}.json`)
    expect((await run(['verify', statement, '--jwks', 'other.json'])).code).toBe(0)
  })

  it('knows no algorithm with a shared secret', async () => {
    expect((await run(['keygen', 'x.json', '--algorithm', 'HS256'])).code).toBe(2)
  })
})

describe('sign and verify', () => {
  it('make a statement for a server, with an end, and say what it holds', async () => {
    const statement = await sign(
      ...['--audience', 'https://as.example', '--expires-in', '7d', '--scope', 'openid profile'],
      ...[
        '--client-name',
        'The App',
        '--software-version',
        '7',
        '--metadata',
        '{"contacts":["a@app.example"]}',
      ],
    )
    const verified = await run(['verify', '-', '--jwks', 'jwks.json', '--json'], `${statement}\n`)
    expect(verified.code).toBe(0)
    const { issuer, metadata, claims } = JSON.parse(verified.stdout)
    expect(issuer).toBe(ISSUER)
    expect(metadata).toEqual({
      software_id: 'app',
      software_version: '7',
      client_name: 'The App',
      scope: 'openid profile',
      contacts: ['a@app.example'],
    })
    expect(claims.exp - claims.iat).toBe(7 * 24 * 3600)
    expect(claims).toMatchObject({ aud: 'https://as.example', jti: expect.any(String) })
  })

  it('say in a sentence what is wrong, and end with 1', async () => {
    const statement = await sign('--audience', 'https://as.example')
    const verify = (text: string, ...args: readonly string[]) =>
      run(['verify', text, '--jwks', 'jwks.json', ...args])
    for (const [finished, sentence] of [
      [await verify(`${statement.slice(0, -4)}AAAA`), /Its signature is not valid/],
      [await verify(statement, '--audience', 'https://other.example'), /for another audience/],
      [await verify(statement, '--issuer', 'https://other.example'), /must be a JWT of an issuer/],
      [await verify('x'), /must be a JWT of an issuer/],
      [await run(['verify', statement, '--jwks', 'nowhere.json']), /nowhere.json cannot be read: ENOENT/],
      [await run(['verify', statement, '--jwks', 'issuer.key.json']), /issuer.key.json is not a JWK Set/],
    ] as const) {
      expect({ code: finished.code, stdout: finished.stdout }).toEqual({ code: 1, stdout: '' })
      expect(finished.stderr).toMatch(sentence)
      expect(finished.stderr).not.toMatch(/\n +at /)
    }
  })

  it('sign nothing that every server would refuse, and with no key that is none', async () => {
    const who = ['--issuer', ISSUER, '--software-id', 'app']
    const wrong = await run(['sign', '--key', 'issuer.key.json', ...who, '--metadata', '{"contacts":7}'])
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringMatching(/contacts must be/) })
    for (const [args, sentence] of [
      [['--metadata', '{"exp":"tomorrow"}'], /exp is a claim of the statement itself/],
      [['--metadata', '{"redirect_urls":[]}'], /redirect_urls is no member of client metadata/],
      [['--redirect-host', 'https://x.example/'], /https:\/\/x.example\/ is not the name of a host/],
    ] as const) {
      const refused = await run(['sign', '--key', 'issuer.key.json', ...who, ...args])
      expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(sentence) })
    }
    const json = await run(['sign', '--key', 'issuer.key.json', ...who, '--metadata', 'x'])
    expect(json).toMatchObject({ code: 1, stderr: expect.stringMatching(/--metadata must be a JSON object/) })
    const publicOnly = await run(['sign', '--key', 'jwks.json', ...who])
    expect(publicOnly).toMatchObject({ code: 1, stderr: expect.stringMatching(/not a private JWK/) })
  })
})

it('a server that trusts the issuer registers installations on the hosts of the statement, and no others', async () => {
  const server = await startRealServer({
    registration: { anonymous: false },
    software_statements: {
      admits: true,
      issuers: [{ issuer: ISSUER, jwks_file: join(folder, 'jwks.json'), expiry_required: true }],
    },
  })
  try {
    const software_statement = await sign(
      '--redirect-host',
      'App.example',
      'tenant.example',
      '--scope',
      'openid',
    )
    const register = (...redirect_uris: string[]) =>
      server.register({ redirect_uris, software_statement, scope: 'openid email' }).then(readAnswer)
    const made = await register('https://app.example/one', 'https://tenant.example:8443/two?x=1')
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ software_id: 'app', scope: 'openid', software_statement })
    for (const uri of [
      'https://evil.example/one',
      'https://app.example.evil.example/one',
      'https://app.example@evil.example/one',
      'https://sub.app.example/one',
      'http://127.0.0.1/one',
      'com.app.example:/one',
    ]) {
      const refused = await register('https://app.example/one', uri)
      expect(refused.status, uri).toBe(400)
      expect(refused.body.error, uri).toBe('invalid_redirect_uri')
    }
    // Nor by an update later.
    const { client_id, registration_client_uri, registration_access_token } = made.body
    const updated = await fetch(registration_client_uri, {
      method: 'PUT',
      headers: { authorization: `Bearer ${registration_access_token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ client_id, redirect_uris: ['https://evil.example/one'] }),
    }).then(readAnswer)
    expect([updated.status, updated.body.error]).toEqual([400, 'invalid_redirect_uri'])
    const kept = await fetch(registration_client_uri, {
      headers: { authorization: `Bearer ${registration_access_token}` },
    }).then(readAnswer)
    expect(kept.body.redirect_uris).toEqual(made.body.redirect_uris)
  } finally {
    await server.close()
  }
})

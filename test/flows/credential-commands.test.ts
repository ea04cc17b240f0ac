import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CREDENTIAL_PREFIXES, makeCredential } from '../../clientele/src/clients/credential.ts'
import {
  type ChildServer,
  type Finished,
  runCommand,
  startChildServer,
  stopChildServer,
} from './child-server.ts'
import { basicHeader } from './gates-server.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers of any shape are looked at
type Json = any

let folder: string
let server: ChildServer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-credentials-'))
  writeFileSync(
    join(folder, 'clientele.toml'),
    '[basic]\nenabled = true\n[[policies.policy]]\nname = "strict"\n',
  )
  server = await startChildServer({ folder })
})

afterAll(async () => {
  await stopChildServer(server)
  rmSync(folder, { recursive: true })
})

const run = (args: readonly string[], input?: string) =>
  runCommand(args, { folder, ...(input === undefined ? {} : { input }) })

/** Exactly one JSON object, and nothing on standard error. */
async function json(args: readonly string[], input?: string): Promise<Json> {
  const { code, stdout, stderr } = await run([...args, '--json'], input)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^\{.*\}\n$/)
  return JSON.parse(stdout)
}

/** One sentence, no stack. */
function expectRefusal(finished: Finished, code: number, sentence: RegExp): void {
  expect(finished.stderr).toMatch(sentence)
  expect(finished.stderr).not.toMatch(/\n +at /)
  expect({ code: finished.code, stdout: finished.stdout }).toEqual({ code, stdout: '' })
}

async function register(authorization: string, metadata: object = {}) {
  const response = await fetch(`${server.url}/register`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: ['https://client.example/cb'], ...metadata }),
  })
  return { status: response.status, body: (await response.json()) as Json }
}

describe('clientele initial-access-token', () => {
  it('create takes owner, policy, permission and fixed values, in place or from a file', async () => {
    writeFileSync(join(folder, 'fixed.json'), '{ "scope": "profile" }\n')
    const terms = ['--owner', 'ann', '--policy', 'strict', '--permission', 'oauth-client-override']
    for (const fixed of ['{"scope":"profile"}', '@fixed.json']) {
      const created = await json(['initial-access-token', 'create', ...terms, '--fixed', fixed])
      expect(created).toMatchObject({
        owner: 'ann',
        policy: 'strict',
        permissions: ['oauth-client-override'],
        fixed: { scope: 'profile' },
      })
      expect(created).not.toHaveProperty('hash')
      const { status, body } = await register(`Bearer ${created.token}`, { scope: 'email' })
      expect([status, body.scope]).toEqual([201, 'profile'])
    }
  })

  it.each([
    ['{', /--fixed is not JSON/],
    ['[]', /--fixed must be one JSON object/],
    ['@nothing.json', /--fixed: nothing\.json cannot be read/],
    ['{"scop":"profile"}', /fixed\.scop is no member of client metadata/],
  ])('create refuses the fixed values %s with a sentence', async (fixed, sentence) => {
    expectRefusal(await run(['initial-access-token', 'create', '--fixed', fixed]), 1, sentence)
  })

  it('create refuses a policy that this server does not have, and says which it has', async () => {
    for (const command of ['initial-access-token', 'api-key']) {
      const args = [command, 'create', '--policy', 'strcit']
      expectRefusal(await run(args), 1, /policy names no policy of this server; it has strict, default, /)
    }
  })

  it('create refuses a permission that means nothing on it', async () => {
    const args = ['initial-access-token', 'create', '--permission', 'oauth-client-delete']
    expectRefusal(await run(args), 1, /permissions must be of: .*oauth-client-override/)
  })

  it('list shows every one, newest first, and revoke ends one at once', async () => {
    const [first, second] = [
      await json(['initial-access-token', 'create', '--uses', '2', '--label', 'first']),
      await json(['initial-access-token', 'create', '--label', 'second']),
    ]
    await register(`Bearer ${first.token}`)
    expect(await json(['initial-access-token', 'revoke', second.id])).toEqual({
      id: second.id,
      revoked_at: expect.any(Number),
    })
    expect((await register(`Bearer ${second.token}`)).status).toBe(401)
    const { initial_access_tokens: listed } = await json(['initial-access-token', 'list'])
    expect(listed.slice(0, 2)).toMatchObject([
      { id: second.id, label: 'second', state: 'revoked', uses_left: 1 },
      { id: first.id, label: 'first', state: 'active', uses_left: 1, last_used_at: expect.any(Number) },
    ])
    const { stdout } = await run(['initial-access-token', 'list'])
    expect(stdout).toMatch(/^ID +STATE +USES LEFT +EXPIRES +LAST USED +OWNER +LABEL\n/)
    expect(stdout).toMatch(
      new RegExp(`^${first.id} +active +1 +\\d{4}-\\d\\d-\\d\\d .* UTC +.* UTC +- +first$`, 'm'),
    )
    for (const { token } of [first, second]) expect(stdout).not.toContain(token.slice(20))
    expectRefusal(
      await run(['initial-access-token', 'revoke', second.id]),
      1,
      /404: There is no initial access token/,
    )
  })
})

describe('clientele api-key', () => {
  it('create makes a key that registers, for 90 days, and shows it once', async () => {
    const created = await json(['api-key', 'create', '--label', 'robot'])
    expect(created).toEqual({
      key: expect.stringMatching(/^cl_key_/),
      id: expect.any(String),
      label: 'robot',
      permissions: ['authenticate', 'oauth-client-registration'],
      created_at: expect.any(Number),
      expires_at: created.created_at + 90 * 24 * 3600,
    })
    expect((await register(`Bearer ${created.key}`)).status).toBe(201)
    const { api_keys: listed } = await json(['api-key', 'list'])
    expect(listed[0]).toMatchObject({ id: created.id, state: 'active', last_used_at: expect.any(Number) })
    expect(JSON.stringify(listed)).not.toMatch(/hash|cl_key_/)
  })

  it('create takes permissions, owner and expiry, and its first line is the key', async () => {
    const permissions = ['--permission', 'authenticate', '--permission', 'oauth-client-get']
    const { stdout } = await run([
      'api-key',
      'create',
      ...permissions,
      '--owner',
      'ann',
      '--expires-in',
      'never',
    ])
    expect(stdout).toMatch(/^cl_key_[\w-]+\n/)
    expect(stdout).toMatch(/permitted authenticate, oauth-client-get, and never expires/)
    const { api_keys: listed } = await json(['api-key', 'list'])
    expect(listed[0]).toMatchObject({ owner: 'ann', expires_at: null })
  })

  it('revoke ends it at once, and a second time is a sentence', async () => {
    const { id, key } = await json(['api-key', 'create'])
    expect(await json(['api-key', 'revoke', id])).toEqual({ id, revoked_at: expect.any(Number) })
    expect((await register(`Bearer ${key}`)).status).toBe(401)
    expectRefusal(await run(['api-key', 'revoke', id]), 1, /404: There is no API key/)
    expectRefusal(await run(['api-key', 'revoke', '../accounts']), 1, /404: There is no API key/)
  })

  it('create refuses a permission that does not exist, and names those that do', async () => {
    expectRefusal(
      await run(['api-key', 'create', '--permission', 'root']),
      1,
      /permissions must be of: authenticate, oauth-client-registration/,
    )
  })
})

describe('clientele service-account', () => {
  it('add, list and remove: who has the password registers until the account is gone', async () => {
    const added = await json(
      ['service-account', 'add', 'a/b', '--password-stdin', '--owner', 'ann'],
      'correct horse\n',
    )
    expect(added).toEqual({
      name: 'a/b',
      owner: 'ann',
      permissions: ['authenticate', 'oauth-client-registration'],
      created_at: expect.any(Number),
    })
    expect((await register(basicHeader('a/b', 'correct horse'))).status).toBe(201)
    const { service_accounts: listed } = await json(['service-account', 'list'])
    expect(listed).toMatchObject([{ name: 'a/b', last_used_at: expect.any(Number) }])
    expect(JSON.stringify(listed)).not.toMatch(/hash|argon2|correct/)
    expect(await json(['service-account', 'remove', 'a/b'])).toEqual({ name: 'a/b' })
    expect((await register(basicHeader('a/b', 'correct horse'))).status).toBe(401)
    expect((await run(['service-account', 'list'])).stdout).toBe('There are no service accounts.\n')
    expectRefusal(await run(['service-account', 'remove', 'a/b']), 1, /404: There is no service account/)
  })

  it('add refuses a bad name and a short password together, and a name that is taken', async () => {
    const add = (name: string, password: string) =>
      run(['service-account', 'add', name, '--password-stdin'], password)
    expectRefusal(await add('a:b', 'short'), 1, /name must be .* \(and 1 more, see problems\)/)
    expect((await add('twice', 'correct horse')).code).toBe(0)
    expectRefusal(await add('twice', 'correct horse'), 1, /exists already/)
    expectRefusal(await run(['service-account', 'add', 'x']), 1, /no terminal .*--password-stdin/)
  })
})

describe('the admin API for credentials', () => {
  const operator = () => ({
    authorization: `Bearer ${readFileSync(join(folder, 'data', 'operator.token'), 'utf8').trim()}`,
  })
  const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/admin/v1${path}`, { method, headers })

  it.each([
    ['GET', '/initial-access-tokens'],
    ['POST', '/initial-access-tokens/x/revoke'],
    ['GET', '/api-keys'],
    ['POST', '/api-keys'],
    ['POST', '/api-keys/x/revoke'],
    ['GET', '/service-accounts'],
    ['POST', '/service-accounts'],
    ['DELETE', '/service-accounts/x'],
  ])('%s %s is the operator’s alone, without CORS, never kept by a cache', async (method, path) => {
    const key = makeCredential(CREDENTIAL_PREFIXES.operatorToken)
    for (const authorization of [undefined, 'Bearer x', `Bearer ${key}`, 'Basic eDp5']) {
      const response = await ask(method, path, {
        'content-type': 'application/json',
        ...(authorization === undefined ? {} : { authorization }),
      })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer /)
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
      expect(response.headers.get('cache-control')).toBe('no-store')
    }
  })

  it('lists in parts, and refuses a part of no size', async () => {
    const read = async (query: string) =>
      (await ask('GET', `/api-keys?${query}`, operator())).json() as Promise<Json>
    const whole = await read('limit=1000')
    expect(whole).not.toHaveProperty('next')
    const seen: string[] = []
    let next: string | undefined
    do {
      const part = await read(`limit=2${next === undefined ? '' : `&from=${next}`}`)
      seen.push(...part.api_keys.map(({ id }: { id: string }) => id))
      next = part.next
    } while (next !== undefined)
    expect(seen).toEqual(whole.api_keys.map(({ id }: { id: string }) => id))
    expect(seen.length).toBeGreaterThan(2)
    for (const limit of ['0', '1001', '-1', 'x', '1e2']) {
      const response = await ask('GET', `/api-keys?limit=${limit}`, operator())
      expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([
        400,
        'invalid_request',
      ])
    }
  })
})

it('the log says why a credential was refused, which its bearer is not told', async () => {
  const { id, key } = await json(['api-key', 'create'])
  await run(['api-key', 'revoke', id])
  expect(JSON.stringify(await register(`Bearer ${key}`))).not.toContain('revoked')
  await register('Bearer cl_key_x')
  for (const reason of ['api_key.revoked', 'api_key.unknown', 'initial_access_token.revoked'])
    expect(server.output.stdout).toContain(`"reason":"${reason}"`)
})

it('no log line of all this has a secret in it', () => {
  expect(server.output.stdout).toContain('/admin/v1/api-keys')
  expect(server.output.stdout + server.output.stderr).not.toMatch(
    /cl_(key|iat|sec|rat|op)_|correct horse|argon2/,
  )
})

it('the help of a credential says what it may do by default', async () => {
  for (const command of [
    ['api-key', 'create'],
    ['service-account', 'add'],
  ]) {
    const { stdout } = await run([...command, '--help'])
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'authenticate, oauth-client-registration: registers clients, and reads, updates and deletes those of its owner alone',
    )
  }
})

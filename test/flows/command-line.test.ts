import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ChildServer,
  type Finished,
  runCommand,
  startChildServer,
  stopChildServer,
} from './child-server.ts'

let folder: string
let server: ChildServer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-cli-'))
  server = await startChildServer({ folder })
})

afterAll(async () => {
  await stopChildServer(server)
  rmSync(folder, { recursive: true })
})

const run = (args: readonly string[], input?: string) =>
  runCommand(args, { folder, ...(input === undefined ? {} : { input }) })

/** Exactly one JSON object, and nothing on standard error. */
function readJson({ code, stdout, stderr }: Finished): Record<string, unknown> {
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

async function register(token: string): Promise<number> {
  const response = await fetch(`${server.url}/register`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'x', redirect_uris: ['https://client.example/cb'] }),
  })
  await response.arrayBuffer()
  return response.status
}

describe('clientele initial-access-token create', () => {
  it('--json prints one object with a token that registers one client and no second (RFC 7591 §3)', async () => {
    const created = readJson(await run(['initial-access-token', 'create', '--json']))
    expect(created).toMatchObject({ token: expect.stringMatching(/^cl_iat_/), uses_left: 1 })
    expect((created.expires_at as number) - (created.created_at as number)).toBe(24 * 3600)
    expect(await register(created.token as string)).toBe(201)
    expect(await register(created.token as string)).toBe(401)
  })

  it('takes uses, expiry and label', async () => {
    const args = ['--uses', '2', '--expires-in', '15m', '--label', 'for the robot', '--json']
    const created = readJson(await run(['initial-access-token', 'create', ...args]))
    expect(created).toMatchObject({ uses_left: 2, label: 'for the robot' })
    expect((created.expires_at as number) - (created.created_at as number)).toBe(900)
  })

  it('has no limit and no end when asked so', async () => {
    const args = ['--uses', 'unlimited', '--expires-in', 'never', '--json']
    expect(readJson(await run(['initial-access-token', 'create', ...args]))).toMatchObject({
      uses_left: null,
      expires_at: null,
    })
  })

  it('without --json the first line is the token', async () => {
    const { stdout } = await run(['initial-access-token', 'create'])
    expect(stdout).toMatch(/^cl_iat_[\w-]+\n/)
  })

  it.each([
    [['--uses', '0']],
    [['--uses', 'x']],
    [['--expires-in', '10']],
    [['--expires-in', '0s']],
    [['--unknown']],
  ])('with %j it is a usage error', async (args) => {
    expectRefusal(await run(['initial-access-token', 'create', ...args]), 2, /^error: /)
  })
})

describe('clientele account add', () => {
  it('makes an account with the password on standard input', async () => {
    const added = readJson(
      await run(['account', 'add', ' Ann@Example.com ', '--password-stdin', '--json'], 'correct horse\n'),
    )
    expect(added).toEqual({
      id: expect.any(String),
      email: 'ann@example.com',
      created_at: expect.any(Number),
    })
  })

  it('refuses an email address that has an account', async () => {
    const args = ['account', 'add', 'twice@example.com', '--password-stdin']
    expect((await run(args, '12345678')).code).toBe(0)
    expectRefusal(await run(args, '12345678'), 1, /exists already/)
  })

  it('says what is wrong with an email address and a password', async () => {
    expectRefusal(await run(['account', 'add', 'nobody', '--password-stdin'], 'short'), 1, /email must be/)
  })

  it('without a terminal and without the flag it says what to do', async () => {
    expectRefusal(await run(['account', 'add', 'ann@example.com']), 1, /no terminal .*--password-stdin/)
  })
})

it('clientele keys rotate makes the server sign with new keys, and publishes old and new', async () => {
  const before = await readKeyIds()
  const rotated = readJson(await run(['keys', 'rotate', '--json']))
  const added = (rotated.keys as { kid: string }[]).map(({ kid }) => kid)
  expect(added).toHaveLength(2)
  expect((await readKeyIds()).sort()).toEqual([...before, ...added].sort())
})

async function readKeyIds(): Promise<string[]> {
  const metadata = (await (await fetch(`${server.url}/.well-known/openid-configuration`)).json()) as {
    jwks_uri: string
  }
  const { keys } = (await (await fetch(metadata.jwks_uri)).json()) as { keys: { kid: string }[] }
  return keys.map(({ kid }) => kid)
}

describe('which server a command is for', () => {
  const token = () => readFileSync(join(folder, 'data', 'operator.token'), 'utf8').trim()
  const at = (url: string, operatorToken?: string) =>
    runCommand(['initial-access-token', 'create', '--server', url, '--json'], {
      folder: tmpdir(),
      environment: operatorToken === undefined ? {} : { CLIENTELE_OPERATOR_TOKEN: operatorToken },
    })

  it('--data names the folder of the running server', async () => {
    const args = ['initial-access-token', 'create', '--data', join(folder, 'data'), '--json']
    readJson(await runCommand(args, { folder: tmpdir() }))
  })

  it('the configuration names it as well', async () => {
    const environment = { CLIENTELE_SERVER__DATA: join(folder, 'data') }
    readJson(
      await runCommand(['initial-access-token', 'create', '--json'], { folder: tmpdir(), environment }),
    )
  })

  it('--server takes the operator token from CLIENTELE_OPERATOR_TOKEN', async () => {
    readJson(await at(server.url, token()))
  })

  it('--server without a token, and with a wrong one, is refused with a sentence', async () => {
    expectRefusal(await at(server.url), 1, /CLIENTELE_OPERATOR_TOKEN/)
    expectRefusal(await at(server.url, `${token()}x`), 1, /does not know this operator token/)
  })

  it('a folder that no server uses, and an address where none answers, are sentences', async () => {
    const nowhere = join(folder, 'nowhere')
    expectRefusal(
      await run(['keys', 'rotate', '--data', nowhere]),
      1,
      /No server is running on the data folder .*nowhere/,
    )
    expectRefusal(await at('http://127.0.0.1:1', token()), 1, /No server answers at http:\/\/127\.0\.0\.1:1/)
    expectRefusal(await at('not-an-address', token()), 1, /--server must be/)
  })
})

describe('after a server was killed', () => {
  it('nobody who then listens at its address is shown the operator token', async () => {
    const own = mkdtempSync(join(tmpdir(), 'clientele-killed-'))
    const killed = await startChildServer({ folder: own })
    await stopChildServer(killed, 'SIGKILL')
    const heard: string[] = []
    const stranger = createServer((socket) => socket.on('data', (bytes) => heard.push(String(bytes))))
    stranger.listen(Number(new URL(killed.url).port), '127.0.0.1')
    await once(stranger, 'listening')
    const args = ['initial-access-token', 'create', '--data', join(own, 'data')]
    const finished = await runCommand(args, { folder: own })
    stranger.close()
    expectRefusal(finished, 1, /No server is running on the data folder .*Start it with: clientele serve/)
    expect(heard).toEqual([])

    const next = await startChildServer({ folder: own })
    readJson(await runCommand([...args, '--json'], { folder: own }))
    await stopChildServer(next)
    rmSync(own, { recursive: true })
  })
})

describe('the admin API', () => {
  const post = (path: string, init: RequestInit = {}) =>
    fetch(`${server.url}${path}`, { method: 'POST', ...init })
  const operator = () => ({
    authorization: `Bearer ${readFileSync(join(folder, 'data', 'operator.token'), 'utf8').trim()}`,
    'content-type': 'application/json',
  })

  it.each(['/admin/v1/initial-access-tokens', '/admin/v1/accounts', '/admin/v1/signing-keys/rotate'])(
    '%s is the operator’s alone (RFC 6750 §3), without CORS, never kept by a cache',
    async (path) => {
      for (const authorization of [undefined, 'Bearer x', 'Basic eDp5', 'Bearer ']) {
        const response = await post(path, {
          headers: {
            origin: 'https://evil.example',
            'content-type': 'application/json',
            ...(authorization ? { authorization } : {}),
          },
          body: '{}',
        })
        expect([400, 401]).toContain(response.status)
        if (response.status === 401) expect(response.headers.get('www-authenticate')).toMatch(/^Bearer /)
        expect(response.headers.get('access-control-allow-origin')).toBeNull()
        expect(response.headers.get('cache-control')).toBe('no-store')
      }
    },
  )

  it('names every wrong member', async () => {
    const body = JSON.stringify({ uses: 'many', expires_in: 1, lable: 'x' })
    const response = await post('/admin/v1/initial-access-tokens', { headers: operator(), body })
    expect(response.status).toBe(400)
    const answer = (await response.json()) as { error: string; problems: { member: string }[] }
    expect(answer.error).toBe('invalid_request')
    expect(answer.problems.map(({ member }) => member).sort()).toEqual(['lable', 'uses'])
  })

  it('refuses what is not JSON, and what is too long', async () => {
    const headers = operator()
    expect((await post('/admin/v1/accounts', { headers, body: 'x' })).status).toBe(400)
    expect(
      (await post('/admin/v1/accounts', { headers, body: JSON.stringify({ email: 'x'.repeat(20_000) }) }))
        .status,
    ).toBe(413)
    expect(
      (
        await post('/admin/v1/accounts', {
          headers: { ...headers, 'content-type': 'text/plain' },
          body: '{}',
        })
      ).status,
    ).toBe(415)
  })

  it('answers only what it is for', async () => {
    expect((await fetch(`${server.url}/admin/v1/accounts`, { headers: operator() })).status).toBe(404)
  })
})

describe('usage', () => {
  it('help and version are answered with 0', async () => {
    expect(await run(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('serve') })
    expect(await run(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
  })

  it('an unknown command and an unknown flag are usage errors, with the nearest one', async () => {
    expectRefusal(await run(['serv']), 2, /unknown command 'serv'[\s\S]*serve/)
    expectRefusal(await run(['serve', '--prot', '1']), 2, /unknown option '--prot'[\s\S]*--port/)
  })

  it('a wrong configuration stops the start with every problem (exit code 1)', async () => {
    writeFileSync(join(folder, 'wrong.toml'), '[registration]\nanonymos = true\n')
    const finished = await run(['serve', '--config', 'wrong.toml', '--port', '1'])
    expectRefusal(
      finished,
      1,
      /registration\.anonymos is not a known key \(wrong\.toml:2\).*nearest known key is registration\.anonymous/,
    )
    expectRefusal(await run(['serve', '--config', 'none.toml']), 1, /none\.toml does not exist/)
  })
})

import { execFile, spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  AS_TERMINAL,
  type ChildServer,
  runCommand,
  startChildServer,
  stopChildServer,
} from './child-server.ts'

let folder: string
const started: ChildServer[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-start-'))
})

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => stopChildServer(server, 'SIGKILL')))
  rmSync(folder, { recursive: true })
})

async function start(
  environment: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Promise<ChildServer> {
  const server = await startChildServer({ folder, environment }, args)
  started.push(server)
  return server
}

const logLines = (server: ChildServer) =>
  server.output.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

async function createToken(): Promise<string> {
  const created = await runCommand(['initial-access-token', 'create', '--json'], { folder })
  expect(created).toMatchObject({ code: 0, stderr: '' })
  return (JSON.parse(created.stdout) as { token: string }).token
}

describe('what is written', () => {
  it('where standard output is no terminal, it is JSON lines without any secret', async () => {
    const server = await start({ CLIENTELE_REGISTRATION__ANONYMOUS: 'true' })
    const registered = await fetch(`${server.url}/register?probe=QUERYSECRET`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_name: 'BODYSECRET', grant_types: ['client_credentials'] }),
    })
    expect(registered.status).toBe(201)
    const client = (await registered.json()) as Record<string, string>
    await fetch(client.registration_client_uri!, {
      headers: { authorization: `Bearer ${client.registration_access_token}` },
    })
    const initialAccessToken = await createToken()
    expect(await stopChildServer(server)).toBe(0)

    const lines = logLines(server)
    expect(lines[0]).toMatchObject({ level: 'info', msg: 'listening', url: server.url, issuer: server.url })
    expect(lines.find(({ path }) => path === '/register')).toMatchObject({
      msg: 'request',
      method: 'POST',
      status: 201,
      ms: expect.any(Number),
      request_id: expect.any(String),
      client_id: client.client_id,
    })
    const operatorToken = readFileSync(join(folder, 'data', 'operator.token'), 'utf8').trim()
    const secrets = [
      client.client_secret!,
      client.registration_access_token!,
      initialAccessToken,
      operatorToken,
    ]
    for (const secret of [...secrets, 'QUERYSECRET', 'BODYSECRET'])
      expect(server.output.stdout).not.toContain(secret)
    expect(server.output.stdout).not.toMatch(/cl_(iat|rat|sec|op)_/)
    expect(server.output.stderr).toBe('')
  })

  it('on a terminal a few lines say where everything is, and the curl lines work when pasted', async () => {
    const server = await start(AS_TERMINAL)
    const welcome = server.output.stdout
    expect(welcome).toContain(`Issuer                 ${server.url}\n`)
    expect(welcome).toContain(`${server.url}/register\n`)
    expect(welcome).toContain(join(folder, 'data'))
    expect(welcome).toMatch(/Initial access token +cl_iat_/)
    expect(welcome.split('\n').length).toBeLessThan(25)
    expect(welcome).not.toContain('{"level"')

    const [register = '', token = ''] = welcome.split('\n').filter((line) => line.includes('curl '))
    const client = JSON.parse(await paste(register)) as Record<string, string>
    expect(client).toMatchObject({ client_name: 'First try', client_secret: expect.any(String) })
    const filled = token
      .replace('CLIENT_ID', client.client_id!)
      .replace('CLIENT_SECRET', client.client_secret!)
    expect(JSON.parse(await paste(filled))).toMatchObject({
      token_type: 'Bearer',
      access_token: expect.any(String),
    })
  })

  it('where anyone may register, the welcome makes no initial access token and its curl line needs none', async () => {
    const server = await start({ ...AS_TERMINAL, CLIENTELE_REGISTRATION__ANONYMOUS: 'true' })
    expect(server.output.stdout).not.toContain('cl_iat_')
    const register = server.output.stdout.split('\n').find((line) => line.includes('curl '))!
    expect(JSON.parse(await paste(register))).toMatchObject({ client_id: expect.any(String) })
  })

  it('limits that are off are warned about', async () => {
    const server = await start({ CLIENTELE_LIMITS__ENABLED: 'false' })
    expect(logLines(server)).toContainEqual(
      expect.objectContaining({ level: 'warn', msg: expect.stringContaining('limits.enabled') }),
    )
  })
})

async function paste(line: string): Promise<string> {
  return (await promisify(execFile)('sh', ['-c', line])).stdout
}

describe('the data folder', () => {
  it('and everything in it is its owner’s alone', async () => {
    await start()
    const data = join(folder, 'data')
    expect(statSync(data).mode & 0o777).toBe(0o700)
    const names = readdirSync(data)
    expect(names).toEqual(
      expect.arrayContaining(['clientele.db', 'operator.token', 'sealing.key', 'server.json']),
    )
    for (const name of names)
      expect({ name, mode: statSync(join(data, name)).mode & 0o777 }).toEqual({ name, mode: 0o600 })
  })

  it('is used by one server: a second one says who has it', async () => {
    const first = await start()
    const second = await runCommand(['serve', '--port', '0'], { folder })
    expect(second.code).toBe(1)
    expect(second.stderr).toMatch(
      new RegExp(`Another server is using the data folder .*${first.url} \\(process ${first.process.pid}\\)`),
    )
    expect(second.stderr.trim().split('\n')).toHaveLength(1)
  })

  it('is free again after SIGKILL, with everything that was acknowledged', async () => {
    const first = await start()
    const token = await createToken()
    expect(await stopChildServer(first, 'SIGKILL')).toBe('SIGKILL')
    const second = await start()
    const response = await fetch(`${second.url}/register`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"redirect_uris":["https://client.example/cb"]}',
    })
    expect(response.status).toBe(201)
  })

  it('without its sealing key, or with another one, stops the start with a sentence', async () => {
    await stopChildServer(await start())
    const key = join(folder, 'data', 'sealing.key')
    writeFileSync(key, Buffer.alloc(32, 1).toString('base64url'))
    const other = await runCommand(['serve', '--port', '0'], { folder })
    expect(other).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^The sealing key does not fit the database.*\n$/),
    })
    rmSync(key)
    const none = await runCommand(['serve', '--port', '0'], { folder })
    expect(none).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^The sealing key .* is missing.*\n$/),
    })
  })

  it.skipIf(process.getuid?.() === 0)(
    'that cannot be written is a sentence (skipped for root, who may write anywhere)',
    async () => {
      mkdirSync(join(folder, 'data'))
      chmodSync(join(folder, 'data'), 0o500)
      const refused = await runCommand(['serve', '--port', '0'], { folder })
      expect(refused).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^The data folder .* cannot be used: .*\n$/),
      })
    },
  )
})

it('a port in use is a sentence, and the folder is free afterwards', async () => {
  const first = await start()
  const elsewhere = join(folder, 'elsewhere')
  const port = new URL(first.url).port
  const refused = await runCommand(['serve', '--port', port, '--data', elsewhere], { folder })
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^Port \d+ on 127\.0\.0\.1 is in use\..*\n$/),
  })
  await start({}, ['--data', elsewhere])
})

it('GET /livez and GET /readyz answer 200', async () => {
  const server = await start()
  for (const path of ['/livez', '/readyz']) expect((await fetch(server.url + path)).status).toBe(200)
})

describe('SIGTERM', () => {
  it('ends an idle server with 0, closes keep-alive connections, and takes the address note away', async () => {
    const server = await start()
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n')
    await new Promise((resolve) => socket.once('data', resolve))
    const closed = new Promise((resolve) => socket.once('close', resolve))
    expect(await stopChildServer(server)).toBe(0)
    await closed
    expect(existsSync(join(folder, 'data', 'server.json'))).toBe(false)
    expect(logLines(server).at(-1)).toMatchObject({ msg: 'stopped' })
  })

  it('lets a request that is being read finish, and ends with 0', async () => {
    const server = await start({ CLIENTELE_REGISTRATION__ANONYMOUS: 'true' })
    const upload = await beginRegistration(server)
    server.process.kill('SIGTERM')
    await writtenLine(server, 'stopping')
    await expect(fetch(`${server.url}/livez`)).rejects.toThrow()
    upload.finish()
    expect(await upload.status).toBe(201)
    expect(await server.ended).toBe(0)
  })

  it('a second one ends at once', async () => {
    const server = await start({ CLIENTELE_REGISTRATION__ANONYMOUS: 'true' })
    const upload = await beginRegistration(server)
    server.process.kill('SIGTERM')
    await writtenLine(server, 'stopping')
    server.process.kill('SIGTERM')
    expect(await server.ended).toBe(143)
    await expect(upload.status).rejects.toThrow()
  })

  it('waits no longer than server.drain_seconds', async () => {
    const environment = { CLIENTELE_REGISTRATION__ANONYMOUS: 'true', CLIENTELE_SERVER__DRAIN_SECONDS: '0' }
    const server = await start(environment)
    const upload = await beginRegistration(server)
    server.process.kill('SIGTERM')
    await expect(upload.status).rejects.toThrow()
    expect(await server.ended).toBe(0)
  })
})

it('a server that npm started stops when npm is ended, whose shell passes no signal on', async () => {
  const command = new URL('../../clientele/bin/clientele.js', import.meta.url).pathname
  const script = `"${process.execPath}" "${command}" serve --port 0; true`
  const environment = { PATH: process.env.PATH, npm_command: 'run-script' }
  const shell = spawn('sh', ['-c', script], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: shell.stdout })
  const messages: unknown[] = []
  for await (const line of lines) {
    const { msg } = JSON.parse(line) as { msg: unknown }
    messages.push(msg)
    if (msg === 'listening') shell.kill('SIGTERM')
  }
  expect(messages).toEqual(['listening', 'stopping', 'stopped'])
})

/** A registration whose body is half sent: `finish` sends the rest. */
async function beginRegistration(server: ChildServer) {
  const body = '{"redirect_uris":["https://client.example/cb"]}'
  const headers = {
    'content-type': 'application/json',
    'content-length': body.length,
    expect: '100-continue',
  }
  const sent = request(`${server.url}/register`, { method: 'POST', headers })
  const status = new Promise<number>((resolve, reject) => {
    sent.on('response', (response) => resolve(response.resume().statusCode!))
    sent.on('error', reject)
  })
  status.catch(() => {})
  const accepted = new Promise((resolve) => sent.once('continue', resolve))
  sent.flushHeaders()
  // The server has the head now, and waits for the body.
  await accepted
  sent.write(body.slice(0, 10))
  return { status, finish: () => sent.end(body.slice(10)) }
}

/** Resolves when the server has logged `message`. */
function writtenLine(server: ChildServer, message: string): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (server.output.stdout.includes(`"msg":"${message}"`)) resolve()
    }
    server.process.stdout!.on('data', look)
    look()
  })
}

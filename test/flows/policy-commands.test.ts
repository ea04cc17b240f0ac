/** Policies explained and rehearsed, by the real command line against a real server. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

// biome-ignore lint/suspicious/noExplicitAny: answers of any shape are looked at
type Json = any

let folder: string
let server: ChildServer
/** Everything that any command has printed. */
let printed = ''

const PARTNER = `description = "Web applications of partners"
[when]
gates = ["api_key"]
[redirect_uris]
hosts = ["*.partner.example"]
[scope]
allowed = ["openid", "profile"]
outside = "narrow"
`

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-policies-'))
  mkdirSync(join(folder, 'policies'))
  writeFileSync(join(folder, 'policies', 'partner-web.toml'), PARTNER)
  writeFileSync(
    join(folder, 'clientele.toml'),
    `[registration]
anonymous = true
[[registration.custom_members]]
name = "department"
schema = { type = "string" }
searchable = true
`,
  )
  server = await startChildServer({ folder })
})

afterAll(async () => {
  await stopChildServer(server)
  rmSync(folder, { recursive: true })
})

async function run(args: readonly string[], environment: Record<string, string> = {}): Promise<Finished> {
  const finished = await runCommand(args, { folder, environment })
  printed += finished.stdout + finished.stderr
  return finished
}

/** Exactly one JSON object, and nothing on standard error. */
async function json(args: readonly string[]): Promise<Json> {
  const { code, stdout, stderr } = await run([...args, '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^\{.*\}\n$/)
  return JSON.parse(stdout)
}

async function lines(args: readonly string[]): Promise<string> {
  const { code, stdout } = await run(args)
  expect(code).toBe(0)
  return stdout
}

/** One sentence, no stack. */
function expectRefusal(finished: Finished, sentence: RegExp): void {
  expect(finished.stderr).toMatch(sentence)
  expect(finished.stderr).not.toMatch(/\n +at /)
  expect({ code: finished.code, stdout: finished.stdout }).toEqual({ code: 1, stdout: '' })
}

async function register(metadata: object, token?: string): Promise<Json> {
  const response = await fetch(`${server.url}/register`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(metadata),
  })
  return response.json()
}

/** The admin API, as its operator. */
function ask(path: string, body: object, method = 'POST'): Promise<Response> {
  const token = readFileSync(join(folder, 'data', 'operator.token'), 'utf8').trim()
  return fetch(`${server.url}/admin/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

const WEB = { redirect_uris: ['https://client.example/cb'] }

function write(name: string, text: string | object): string {
  writeFileSync(join(folder, name), typeof text === 'string' ? text : JSON.stringify(text))
  return name
}

describe('clientele clients', () => {
  it('list says so when there is none, and then shows who registered each, and by which policy it is governed', async () => {
    expect(await lines(['clients', 'list'])).toBe('There are no clients.\n')
    const { key, id } = await json(['api-key', 'create', '--owner', 'ann'])
    const partner = await register(
      { redirect_uris: ['https://shop.partner.example/cb'], client_name: 'Shop' },
      key,
    )
    const { clients } = await json(['clients', 'list'])
    expect(clients).toEqual([
      {
        client_id: partner.client_id,
        client_name: 'Shop',
        auth_method: 'client_secret_basic',
        policy: 'partner-web',
        policy_revision: expect.stringMatching(/^[0-9a-f]{12}$/),
        registered_by: `api_key:${id}`,
        owner: 'ann',
        created_at: expect.any(Number),
        updated_at: expect.any(Number),
      },
    ])
    const table = await lines(['clients', 'list'])
    expect(table).toMatch(/^CLIENT ID +CREATED +POLICY +REGISTERED BY +OWNER +AUTH METHOD +CLIENT NAME\n/)
    expect(table).toMatch(
      new RegExp(`^${partner.client_id} .* UTC +partner-web +api_key:${id} +ann .* Shop$`, 'm'),
    )
  })

  it('list --term finds clients by a searchable custom member', async () => {
    const finance = await register({ ...WEB, department: 'finance' })
    await register({ ...WEB, department: 'sales' })
    const { clients } = await json(['clients', 'list', '--term', 'department=finance'])
    expect(clients).toMatchObject([{ client_id: finance.client_id, terms: ['department=finance'] }])
    expect(await lines(['clients', 'list', '--term', 'department=none'])).toBe(
      'There is no client with department=none.\n',
    )
    expectRefusal(
      await run(['clients', 'list', '--term', 'finance']),
      /term must be a searchable member and its value/,
    )
  })

  it('explain tells what was asked, what was granted, and which rule of which policy revision did it', async () => {
    const { key } = await json(['api-key', 'create'])
    const asked = { redirect_uris: ['https://a.partner.example/cb'], scope: 'openid email' }
    const { client_id } = await register(asked, key)
    const text = await lines(['clients', 'explain', client_id])
    expect(text).toMatch(/^The client \S+ was registered \d{4}-\d\d-\d\d \d\d:\d\d UTC\.$/m)
    expect(text).toMatch(/^The policy partner-web \(revision [0-9a-f]{12}\) judged what is granted\.$/m)
    expect(text).toMatch(/^MEMBER +ASKED +GRANTED$/m)
    expect(text).toMatch(/^scope +openid email +openid$/m)
    expect(text).toMatch(
      /^scope: The rule scope\.allowed of partner-web \(revision [0-9a-f]{12}\) left "openid" of "openid email": scope .*\.$/m,
    )
    expect(text).toMatch(/^grant_types: The default of RFC 7591 §2\.$/m)
    const shown = await json(['clients', 'explain', client_id])
    expect(shown).toMatchObject({
      client_id,
      door: 'registration_request',
      policy: 'partner-web',
      requested: asked,
      granted: { scope: 'openid' },
      decisions: [{ member: 'scope', effect: 'narrowed', from: 'openid email', to: 'openid' }],
      caller: { gate: 'api_key' },
      secrets: [{ created_at: expect.any(Number), expires_at: 0 }],
    })
    expect(shown.explanation.members.map(({ member }: Json) => member)).toContain('scope')
  })

  it('explain names the credential that fixed a value, and says when a client was changed', async () => {
    const { token } = await json(['initial-access-token', 'create', '--fixed', '{"scope":"profile"}'])
    const client = await register({ ...WEB, scope: 'email' }, token)
    await fetch(client.registration_client_uri, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${client.registration_access_token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ ...WEB, client_id: client.client_id, client_name: 'Second' }),
    })
    const text = await lines(['clients', 'explain', client.client_id])
    expect(text).toMatch(/was registered .*, and last changed .* \(change 2\)\.$/m)
    expect(text).toMatch(
      /^scope: The credential that it was registered with \(initial_access_token:\S+\) fixes "profile"/m,
    )
  })

  it('set-policy lets another policy govern a client from its next update on', async () => {
    const { key } = await json(['api-key', 'create'])
    const asked = { redirect_uris: ['https://b.partner.example/cb'], scope: 'openid email' }
    const client = await register(asked, key)
    const id = client.client_id
    const text = await lines(['clients', 'set-policy', id, 'default'])
    expect(text).toMatch(
      /^The client \S+ is governed by the policy default now\.\n.*judges its next update\.\n$/,
    )
    const given = await json(['clients', 'explain', id])
    expect(given).toMatchObject({ policy: 'default', granted: { scope: 'openid' }, revision: 2 })
    expect(given).not.toHaveProperty('policy_revision')
    expect(given.explanation.introduction).toContain(
      'An operator gave it the policy default, which judges its next update; what is granted is by the one before.',
    )
    expect(JSON.stringify(given.explanation)).toContain('The rule scope.allowed of the policy before left')
    const updated = await fetch(client.registration_client_uri, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${client.registration_access_token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ ...asked, client_id: id }),
    })
    expect(((await updated.json()) as Json).scope).toBe('openid email')
    expect(await json(['clients', 'explain', id])).toMatchObject({
      policy: 'default',
      policy_revision: expect.any(String),
      revision: 3,
    })
  })

  it('set-policy takes a policy and a client that there are, and the revision that was seen', async () => {
    const { client_id } = await register(WEB)
    expectRefusal(
      await run(['clients', 'set-policy', client_id, 'nothing']),
      /policy names no policy of this server; it has .*partner-web/,
    )
    expectRefusal(
      await run(['clients', 'set-policy', 'nobody', 'default']),
      /404: There is no client with this id/,
    )
    const put = async (body: object) => (await ask(`/clients/${client_id}/policy`, body, 'PUT')).status
    expect(await put({ policy: 'web-confidential', revision: 7 })).toBe(409)
    expect(await put({ policy: 'web-confidential', revision: 1 })).toBe(200)
    expect(await put({ policy: 'web-confidential', revision: 1 })).toBe(409)
    // It has it already: nothing is changed.
    expect(await put({ policy: 'web-confidential' })).toBe(200)
    expect((await json(['clients', 'explain', client_id])).revision).toBe(2)
  })

  it('explain writes nothing of a stranger’s to the terminal that would move its cursor', async () => {
    const { client_id } = await register({ ...WEB, vp_formats_supported: { 'a\u001b[2J\u009b': {} } })
    const { stdout } = await run(['clients', 'explain', client_id])
    expect(stdout).toContain('vp_formats_supported')
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  })

  it('explain of a client that is not there is a sentence', async () => {
    expectRefusal(await run(['clients', 'explain', 'nobody']), /404: There is no client with this id/)
    expectRefusal(await run(['clients', 'explain', '../api-keys']), /404: There is no client with this id/)
  })
})

describe('clientele policy check', () => {
  it('of a good file says its revision, and the exit code is 0', async () => {
    const text = await lines(['policy', 'check', 'policies/partner-web.toml'])
    expect(text).toMatch(
      /^policies\/partner-web\.toml: nothing is wrong\. The policy partner-web has the revision [0-9a-f]{12}\.\n$/,
    )
  })

  it('names the line, the key, what is allowed and the nearest key of every fault; exit code 1', async () => {
    const file = write(
      'bad.toml',
      'explian = "words"\n[redirect_uris]\nhosts = ["a"]\nmax_count = -1\n[scope]\nallowed = 1\n',
    )
    const { code, stdout, stderr } = await run(['policy', 'check', file])
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toMatch(
      /^bad\.toml:1: error: explian is not a known key; .*nearest known key is explain$/m,
    )
    expect(stdout).toMatch(/^bad\.toml:4: error: redirect_uris\.max_count .*; found -1; allowed is /m)
    expect(stdout).toMatch(/^bad\.toml:6: error: scope\.allowed .*; found 1; allowed is /m)
    expect(stdout).toMatch(/^bad\.toml: 3 errors, 0 warnings\.$/m)
  })

  it('of what is no TOML names the line', async () => {
    const { code, stdout } = await run(['policy', 'check', write('no.toml', 'a = 1\nb = = 2\n')])
    expect(code).toBe(1)
    expect(stdout).toMatch(/^no\.toml:2: error: the policy is not TOML/m)
  })

  it('finds rules that contradict each other', async () => {
    const { code, stdout } = await run([
      'policy',
      'check',
      write('contradiction.toml', '[redirect_uris]\nmin_count = 3\nmax_count = 2\n'),
    ])
    expect(code).toBe(1)
    expect(stdout).toMatch(/^contradiction\.toml:\d: error: redirect_uris/m)
  })

  it('takes several files, which may extend each other, and prints one JSON object', async () => {
    const files = [
      write('base.toml', '[scope]\nallowed = ["openid"]\n'),
      write('over.toml', 'extends = "base"\n'),
    ]
    expect((await json(['policy', 'check', ...files])).policies).toMatchObject([
      { file: 'base.toml', name: 'base', faults: [] },
      { file: 'over.toml', name: 'over', faults: [] },
    ])
    const { code, stdout } = await run(['policy', 'check', 'over.toml', '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(stdout).policies[0].faults).toMatchObject([
      { severity: 'error', line: 1, key: 'extends' },
    ])
  })

  it('works while a broken file lies in the folder of policies, because it is there to mend it', async () => {
    write('policies/broken.toml', 'nmae = "x"\n')
    const { code, stdout } = await run(['policy', 'check', 'policies/broken.toml'])
    rmSync(join(folder, 'policies/broken.toml'))
    expect(code).toBe(1)
    expect(stdout).toMatch(/^policies\/broken\.toml:1: error: nmae is not a known key; .*name$/m)
  })

  it('without a server checks by the configuration that one would start with here', async () => {
    const here = mkdtempSync(join(tmpdir(), 'clientele-no-server-'))
    mkdirSync(join(here, 'policies'))
    writeFileSync(join(here, 'policies', 'base.toml'), '[scope]\nallowed = ["openid"]\n')
    writeFileSync(join(here, 'over.toml'), 'extends = "base"\n[scope]\nalowed = ["email"]\n')
    const { code, stdout } = await runCommand(['policy', 'check', 'over.toml'], { folder: here })
    const named = await runCommand(['policy', 'check', 'over.toml', '--data', 'data'], { folder: here })
    rmSync(here, { recursive: true })
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /^over\.toml:3: error: scope\.alowed is not a known key; .*nearest known key is allowed$/m,
    )
    expect(stdout).toMatch(/^No server is running: this was checked by the configuration/m)
    expectRefusal(named, /No server is running on the data folder/)
  })

  it('of a file that is not there is a sentence', async () => {
    expectRefusal(await run(['policy', 'check', 'nothing.toml']), /nothing\.toml cannot be read \(ENOENT\)/)
  })
})

describe('clientele policy try', () => {
  const body = () =>
    write('body.json', { redirect_uris: ['https://a.partner.example/cb'], scope: 'openid email' })

  it('says what a request would get and which policy the server would choose, and stores nothing', async () => {
    const before = await json(['clients', 'list'])
    const open = await json(['policy', 'try', '--body', body()])
    expect(open).toMatchObject({
      outcome: 'granted',
      policy: 'default',
      policy_choice: 'chosen',
      granted: { scope: 'openid email' },
    })
    const { id } = await json(['api-key', 'create', '--owner', 'ann'])
    const text = await lines(['policy', 'try', '--body', body(), '--as', `api_key:${id}`])
    expect(text).toMatch(
      /^It would be registered\.\nThe server would choose the policy partner-web \(revision /,
    )
    expect(text).toMatch(/^scope +openid email +openid$/m)
    expect(text).toMatch(/^scope: The rule scope\.allowed of partner-web/m)
    expect(await json(['clients', 'list'])).toEqual(before)
  })

  it('tries a policy by name or by file, in --policy or in --file', async () => {
    write('body.json', { redirect_uris: ['https://elsewhere.example/cb'] })
    const asked = ['policy', 'try', '--body', 'body.json']
    for (const policy of [
      ['--policy', 'partner-web'],
      ['--policy', 'policies/partner-web.toml'],
      ['--file', 'policies/partner-web.toml'],
    ]) {
      expect(await json([...asked, ...policy])).toMatchObject({
        outcome: 'refused',
        policy: 'partner-web',
        policy_choice: 'wanted',
        refusal: { code: 'invalid_redirect_uri' },
        problems: [{ member: 'redirect_uris', index: 0, reason: 'redirect_uris.host' }],
      })
    }
    const text = await lines([...asked, '--policy', 'partner-web'])
    expect(text).toMatch(
      /^It would be refused with invalid_redirect_uri:\n {2}redirect_uris\[0\] .* \(redirect_uris\.host; policy partner-web \([0-9a-f]{12}\): redirect_uris\.hosts\)\n/,
    )
    expect(text).toMatch(/^MEMBER +ASKED +JUDGED AS$/m)
    expect(text).toMatch(/^redirect_uris: It would be refused: redirect_uris\[0\] /m)
  })

  it('gives a caller the terms of the stored credential, and says that one which is revoked lets nobody in', async () => {
    const terms = ['--fixed', '{"scope":"profile"}', '--policy', 'partner-web']
    const { id } = await json(['initial-access-token', 'create', ...terms])
    const asked = ['policy', 'try', '--body', body(), '--as', `initial_access_token:${id}`]
    expect(await json(asked)).toMatchObject({
      policy: 'partner-web',
      policy_choice: 'credential',
      granted: { scope: 'profile' },
      notes: [],
    })
    await json(['initial-access-token', 'revoke', id])
    expect((await json(asked)).notes).toEqual([
      'The initial access token is revoked: whoever holds it would not be let in.',
    ])
    const { initial_access_tokens } = await json(['initial-access-token', 'list'])
    expect(initial_access_tokens[0]).toMatchObject({ id, uses_left: 1 })
  })

  it('is by the policy that an API key names, as its registrations are', async () => {
    const { id, key } = await json(['api-key', 'create', '--policy', 'machine'])
    const asked = { grant_types: ['client_credentials'] }
    const trial = await json([
      'policy',
      'try',
      '--body',
      write('machine.json', asked),
      '--as',
      `api_key:${id}`,
    ])
    expect(trial).toMatchObject({ outcome: 'granted', policy: 'machine', policy_choice: 'credential' })
    const { client_id } = await register(asked, key)
    expect((await json(['clients', 'explain', client_id])).policy).toBe('machine')
  })

  it('says that a gate is closed, because whoever would come through it is not let in', async () => {
    const tried = async (...as: string[]) =>
      (await json(['policy', 'try', '--body', body(), ...as])).notes as string[]
    expect(await tried()).toEqual([])
    expect(await tried('--as', 'open_public')).toEqual([
      'The gate open_public is closed on this server: nobody comes in through it.',
    ])
    expect(await tried('--as', 'mutual_tls:CN=a')).toHaveLength(1)
  })

  it('takes claims, a certificate subject, permissions and an address, which a policy may be chosen by', async () => {
    for (const [when, more] of [
      ['claims = [{ claim = "tenant", equals = "acme" }]', { claims: { tenant: 'acme' } }],
      ['claims = [{ claim = "admin", equals = true }]', { claims: { admin: true } }],
      ['certificate_subjects = ["*O=Acme*"]', { certificate_subject: 'CN=a,O=Acme' }],
      ['networks = ["10.0.0.0/8"]', { address: '10.1.2.3' }],
      ['permissions = ["oauth-client-override"]', { permissions: ['oauth-client-override'] }],
    ] as const) {
      const text = `[[deny]]\nwhen = { ${when} }\nbecause = "not today"\n`
      const asked = { written: { text }, body: WEB, as: 'bearer:ann' }
      const tried = async (request: object) => (await (await ask('/policies/try', request)).json()) as Json
      expect(await tried({ ...asked, ...more }), when).toMatchObject({
        outcome: 'refused',
        refusal: { code: 'access_denied' },
      })
      expect((await tried(asked)).outcome, when).toBe('granted')
    }
    write(
      'deny.toml',
      '[[deny]]\nwhen = { claims = [{ claim = "admin", equals = true }] }\nbecause = "not today"\n',
    )
    const options = ['--claim', 'tenant=acme', '--claim', 'admin=true', '--as', 'bearer:ann']
    const text = await lines(['policy', 'try', '--body', body(), '--file', 'deny.toml', ...options])
    expect(text).toMatch(/^It would be refused with access_denied: .*not today/)
  })

  it.each([
    [['--policy', 'partner'], /policy names no policy of this server; there are: .*partner-web/],
    [['--policy', 'a.toml', '--file', 'b.toml'], /--policy or --file, not both/],
    [['--file', 'nothing.toml'], /nothing\.toml cannot be read/],
    [['--as', 'api_key:nobody'], /as names no API key of this server/],
    [
      ['--as', 'opne'],
      /as begins with no gate of this server; there are .*, open, .*; the nearest is open\b/,
    ],
    [['--as', 'registration_access_token:x'], /as begins with no gate of this server/],
    [['--address', 'nonsense'], /address must be one IP address/],
    [['--address', '10.0.0.0/8'], /address must be one IP address/],
    [['--as', 'api_key:'], /as must be a gate, or a gate, a colon and a caller/],
    [['--permission', 'root'], /permissions must be of: authenticate/],
    [['--claim', 'acme'], /--claim must be a name and a value/],
    [['--software-statement', 'nothing.jwt'], /--software-statement: nothing\.jwt cannot be read/],
  ])('refuses %j with a sentence', async (options, sentence) => {
    expectRefusal(await run(['policy', 'try', '--body', body(), ...options]), sentence)
  })

  it('refuses a file that is broken with all that is wrong', async () => {
    write('bad.toml', 'explian = "words"\n[scope]\nallowed = 1\n')
    expectRefusal(
      await run(['policy', 'try', '--body', body(), '--file', 'bad.toml']),
      /400: explian is not a known key.* \(and 1 more, see problems\)\n {2}explian .*\n {2}scope\.allowed is wrong; found 1; /,
    )
  })
})

describe('clientele policy replay', () => {
  it('says who would be refused and who would change, with counts; nothing is changed', async () => {
    const { clients } = await json(['clients', 'list'])
    write(
      'strict.toml',
      '[redirect_uris]\nhosts = ["*.partner.example"]\n[scope]\nallowed = ["openid"]\noutside = "narrow"\n',
    )
    const replayed = await json(['policy', 'replay', '--policy', './strict.toml'])
    const { judged, same, changed, refused, failed } = replayed
    expect(judged).toBe(clients.length)
    expect(same + changed + refused).toBe(judged)
    expect({ failed, governed: replayed.governed }).toEqual({ failed: 0, governed: 0 })
    expect(refused).toBeGreaterThan(0)
    expect(changed).toBeGreaterThan(0)
    expect(replayed.reasons['redirect_uris.host']).toBe(refused)
    expect(replayed.members.scope).toBe(changed)
    const change = replayed.clients.find(({ outcome }: Json) => outcome === 'changed')
    expect(change.differences).toEqual([{ member: 'scope', from: expect.any(String), to: 'openid' }])
    expect(await json(['clients', 'list'])).toEqual({ clients })

    const { stdout, stderr } = await run(['policy', 'replay', '--file', 'strict.toml'])
    expect(stdout).toMatch(
      /^Would be refused:\n {2}\S+.*\n {4}redirect_uris\[0\] .* \(redirect_uris\.host; policy strict \([0-9a-f]{12}\): redirect_uris\.hosts\)$/m,
    )
    expect(stdout).toMatch(/^Would change:\n {2}\S+.*\n {4}scope: .* → openid$/m)
    expect(stdout).toContain(`${judged} clients judged by strict (revision `)
    expect(stdout).toContain(`  ${refused} would be refused (redirect_uris.host: ${refused}`)
    expect(stderr).toBe(`${judged} of ${judged} clients judged\n`)
  })

  it('draws a bar on a terminal, and clears it before the result', async () => {
    const { stdout, stderr } = await run(['policy', 'replay', '--policy', 'default'], {
      NODE_OPTIONS: '--import=data:text/javascript,process.stderr.isTTY=true',
    })
    expect(stderr).toMatch(/\r\[#+\] (\d+) of \1 clients judged\r/)
    expect(stderr.endsWith('\r\u001b[2K')).toBe(true)
    expect(stdout).toMatch(
      /0 would be refused\n.*no network address .*: conditions on networks hold for none here.*\n$/,
    )
  })

  it('--governed-only judges only the clients that the policy of that name governs', async () => {
    const { clients } = await json(['clients', 'list'])
    const governed = clients.filter(({ policy }: Json) => policy === 'partner-web').length
    expect(governed).toBeGreaterThan(0)
    const replayed = await json(['policy', 'replay', '--policy', 'partner-web', '--governed-only'])
    expect(replayed).toMatchObject({ judged: governed, same: governed, governed })
    const one = await lines(['policy', 'replay', '--policy', 'machine', '--governed-only'])
    expect(one).toMatch(/^1 client judged by machine /)
  })

  it('without a policy, or with one that is not there, is a sentence', async () => {
    expectRefusal(await run(['policy', 'replay']), /Give --policy a name or a file/)
    expectRefusal(await run(['policy', 'replay', '--policy', 'nobody']), /names no policy of this server/)
  })
})

describe('the admin API for clients and policies', () => {
  it.each([
    ['GET', '/clients'],
    ['GET', '/clients/x'],
    ['PUT', '/clients/x/policy'],
    ['POST', '/policies/check'],
    ['POST', '/policies/try'],
    ['POST', '/policies/replay'],
  ])('%s %s is the operator’s alone', async (method, path) => {
    for (const authorization of [undefined, 'Bearer x']) {
      const response = await fetch(`${server.url}/admin/v1${path}`, {
        method,
        headers: {
          'content-type': 'application/json',
          ...(authorization === undefined ? {} : { authorization }),
        },
        ...(method === 'POST' ? { body: '{}' } : {}),
      })
      expect(response.status).toBe(401)
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
    }
  })

  it('answers a replay with lines of JSON: progress, findings, and the summary last', async () => {
    const written = { text: '[redirect_uris]\nhosts = ["x.example"]\n' }
    const response = await ask('/policies/replay', { written })
    expect(response.headers.get('content-type')).toBe('application/x-ndjson')
    const text = await response.text()
    printed += text
    const types = text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as Json).type)
    expect(types[0]).toBe('progress')
    expect(types).toContain('client')
    expect(types.at(-1)).toBe('summary')
    expect(types.filter((type) => type === 'summary')).toHaveLength(1)
  })
})

it('nothing of all this shows a secret, a token or a hash of one, except where one was made', () => {
  const made = /"(?:key|token)":"cl_(?:key|iat)_[\w-]+"/g
  const shown = printed.replaceAll(made, '')
  expect(shown.length).toBeGreaterThan(10_000)
  expect(shown).not.toMatch(/cl_[a-z]+_[\w-]{20}/)
  expect(shown).not.toMatch(/hash|sealed|registration_access_token":|client_secret":/i)
})

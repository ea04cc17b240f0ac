import { describe, expect, it } from 'vitest'
import { type Answer, setUpRegistration, WEB_CLIENT } from '../harness/registration.ts'

/** RFC 7591 §3.2.2: the errors of the client registration endpoint, and that a refused request registers nothing. */
const setup = setUpRegistration()
const { register, send } = setup

const post = (body: unknown, headers?: Record<string, string>): Promise<Answer> =>
  send('POST', '/register', { body, headers: { 'content-type': 'application/json', ...headers } })

function expectRefused(answer: Answer, error: string): void {
  expect(answer.status).toBe(400)
  expect(answer.body.error).toBe(error)
}

/** How many clients there are: each registration leaves one audit record. */
const countClients = async () => (await setup.store.listAudit({ limit: 100_000 })).length

describe('errors (RFC 7591 §3.2.2)', () => {
  it('are 400, application/json, with a code and an ASCII description (RFC 7591 §3.2.2) [ERR-01] [ERR-02] [ERR-03] [ERR-04] [ERR-05]', async () => {
    const hostile = ['http://é.example/\r\n"\\', 'https://evil.example/#\u202e"']
    const { status, headers, body } = await register({ redirect_uris: hostile, client_name: 1 })
    expect(status).toBe(400)
    expect(headers.get('content-type')).toBe('application/json')
    expect(body.error).toMatch(/^[a-z_]+$/)
    expect(body.error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
  })

  it('a bad redirect URI is invalid_redirect_uri (RFC 7591 §3.2.2) [ERR-06]', async () => {
    expectRefused(await register({ redirect_uris: ['http://client.example/'] }), 'invalid_redirect_uri')
    expectRefused(await register({ redirect_uris: [7] }), 'invalid_redirect_uri')
    expectRefused(await register({ redirect_uris: 'https://client.example/' }), 'invalid_redirect_uri')
  })

  it('any other bad member, and members that do not go together, are invalid_client_metadata (RFC 7591 §3.2.2) [ERR-07]', async () => {
    expectRefused(await register({ ...WEB_CLIENT, client_name: 1 }), 'invalid_client_metadata')
    expectRefused(
      await register({ grant_types: ['client_credentials'], token_endpoint_auth_method: 'none' }),
      'invalid_client_metadata',
    )
  })

  it('all bad members are in one answer, each with its name and the rule (RFC 7591 §3.2.2) [ERR-07]', async () => {
    const { body } = await register({
      redirect_uris: ['https://a.example/', 'https://a.example/#x'],
      client_name: ['a'],
      'logo_uri#fr': 'javascript:alert(1)',
      token_endpoint_auth_method: 'magic',
      default_max_age: -1,
    })
    const members = body.problems.map((problem: { member: string }) => problem.member)
    expect(members.toSorted()).toStrictEqual([
      'client_name',
      'default_max_age',
      'logo_uri#fr',
      'redirect_uris',
      'token_endpoint_auth_method',
    ])
    for (const problem of body.problems) {
      expect(problem.reason).toMatch(/^[a-z_]+\.[a-z_]+$/)
      expect(problem.rule).toMatch(/\S/)
      expect(problem.message).toMatch(/^[\x20-\x7e]+$/)
    }
  })

  it('are not to be stored by caches [ERR-08]', async () => {
    expect((await register({})).headers.get('cache-control')).toBe('no-store')
  })

  it('a fault of ours is a fixed sentence with no internals [ERR-09]', async () => {
    const broken = setUpRegistration({
      checkServable: () => {
        throw new Error('/srv/secret/path: connect ECONNREFUSED 10.0.0.7:5432')
      },
    })
    const { status, body, headers } = await broken.register(WEB_CLIENT)
    expect(status).toBe(500)
    expect(body).toStrictEqual({
      error: 'server_error',
      error_description: 'The server failed. Nothing was acknowledged.',
    })
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(broken.faults).toHaveLength(1)
    expect(await broken.store.listAudit({ limit: 10 })).toStrictEqual([])
  })

  it('a store that cannot be reached is 503 with Retry-After, and nothing of it is told [ERR-09]', async () => {
    const down = setUpRegistration()
    await down.store.close()
    const { status, body, headers } = await down.register(WEB_CLIENT)
    expect(status).toBe(503)
    expect(body.error).toBe('temporarily_unavailable')
    expect(headers.get('retry-after')).toBe('2')
  })

  it.each(['text/html', 'application/xml', 'image/*', ''])(
    'stay JSON whatever Accept says: %j [ERR-10]',
    async (accept) => {
      const bad = await post('{', { accept })
      expect(bad.headers.get('content-type')).toBe('application/json')
      expect(bad.body.error).toBe('invalid_client_metadata')
      expect((await post(WEB_CLIENT, { accept })).status).toBe(201)
    },
  )

  it('a refused request registers nothing [ERR-11]', async () => {
    const before = await countClients()
    for (const body of [
      '{',
      '[]',
      {},
      { redirect_uris: ['x'] },
      { ...WEB_CLIENT, grant_types: ['password'] },
    ]) {
      expect((await post(body)).status).toBe(400)
    }
    expect(await countClients()).toBe(before)
  })

  it('an unknown address is a JSON 404', async () => {
    const answer = await send('GET', '/nowhere')
    expect(answer.status).toBe(404)
    expect(answer.body.error).toBe('not_found')
  })
})

it('none of all this was a fault of the server [SEC]', () => {
  expect(setup.faults).toStrictEqual([])
})

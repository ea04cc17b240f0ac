import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../clientele/src/oauth/json.ts'
import { METADATA_FIELDS, SERVER_MEMBERS } from '../../clientele/src/oauth/metadata-fields.ts'
import { isRedirectUriAllowed } from '../../clientele/src/oauth/redirect-uri.ts'
import { type Answer, setUpRegistration } from '../harness/registration.ts'
import { anyBody, anyJson, likelyMetadata } from './arbitraries.ts'

/** Whatever is sent to the registration endpoints: never a fault, never slow, and what is accepted means what it says. */
const setup = setUpRegistration()
const FORBIDDEN = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
]
const MAY_BE_EMPTY = new Set(['redirect_uris', 'response_types'])
const SLOWEST_MILLISECONDS = 1000

afterEach(() => {
  expect(setup.faults).toStrictEqual([])
})

async function post(body: string | Uint8Array): Promise<Answer> {
  const begun = performance.now()
  const answer = await setup.send('POST', '/register', {
    headers: { 'content-type': 'application/json' },
    body,
  })
  expect(performance.now() - begun).toBeLessThan(SLOWEST_MILLISECONDS)
  return answer
}

/** What every answer to a registration must be, whatever was sent. */
async function checkAnswer(answer: Answer): Promise<void> {
  expect(setup.faults).toStrictEqual([])
  if (answer.status !== 201) {
    expect([400, 413]).toContain(answer.status)
    expect(answer.body.error).toMatch(/^invalid_(client_metadata|redirect_uri|request)$/)
    expect(answer.body.error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
    return
  }
  for (const [member, value] of Object.entries(answer.body as JsonObject)) {
    const name = member.split('#', 1)[0]!
    expect(METADATA_FIELDS.has(name) || (SERVER_MEMBERS as readonly string[]).includes(name), member).toBe(
      true,
    )
    expect(value, member).not.toBeNull()
    expect(value, member).not.toBe('')
    if (!Array.isArray(value)) continue
    if (!MAY_BE_EMPTY.has(member)) expect(value, member).not.toHaveLength(0)
    for (const element of value) expect(element, member).toSatisfy((text) => typeof text === 'string')
  }
  const record = await setup.record(answer)
  for (const { member, value } of record!.dropped) {
    const granted = member === 'scope' ? String(answer.body.scope ?? '').split(' ') : answer.body[member]
    if (Array.isArray(granted)) expect(granted).not.toContainEqual(value)
    else expect(granted).not.toStrictEqual(value)
  }
  // RFC 7591 §3.2.1: one goes with the other.
  expect('client_secret' in answer.body).toBe('client_secret_expires_at' in answer.body)
}

describe('any JSON', () => {
  it('as members is registered or refused, never a fault and never slow (RFC 7591 §3.2) [REQ-11] [REQ-13] [REQ-14]', async () => {
    let registered = 0
    await fc.assert(
      fc.asyncProperty(anyBody, async (body) => {
        const answer = await post(body)
        await checkAnswer(answer)
        if (answer.status !== 201) return
        registered++
        expect((await setup.read(answer)).body).toStrictEqual(answer.body)
      }),
      { numRuns: 500 },
    )
    expect(registered).toBeGreaterThan(12)
  })

  it('as the whole body is refused unless it is a client (RFC 7591 §3.1) [REQ-04]', async () => {
    await fc.assert(
      fc.asyncProperty(anyJson, async (body) => checkAnswer(await post(body))),
      { numRuns: 200 },
    )
  })

  it.each([...METADATA_FIELDS.keys()])(
    'as the value of %s is registered or refused (IANA registry)',
    async (member) => {
      await fc.assert(
        fc.asyncProperty(anyJson, async (value) => {
          await checkAnswer(
            await post(`{"redirect_uris":["https://client.example/"],${JSON.stringify(member)}:${value}}`),
          )
        }),
        { numRuns: 12 },
      )
    },
  )

  it('in an update is 200 or 400, and a refused one changes nothing (RFC 7592 §2.2) [UP-13]', async () => {
    const client = await setup.register({ redirect_uris: ['https://client.example/'] })
    const uri = client.body.registration_client_uri as string
    const request = {
      token: client.body.registration_access_token as string,
      headers: { 'content-type': 'application/json' },
    }
    await fc.assert(
      fc.asyncProperty(anyBody, async (body) => {
        const before = await setup.record(client)
        const answer = await setup.send('PUT', uri, {
          ...request,
          body: body.replace(/^\{/, `{"client_id":"${client.body.client_id}"${body === '{}' ? '' : ','}`),
        })
        expect([200, 400, 413]).toContain(answer.status)
        if (answer.status !== 200) expect(await setup.record(client)).toStrictEqual(before)
      }),
      { numRuns: 200 },
    )
  })
})

describe('any bytes', () => {
  it('as the body are registered or refused, never a fault (RFC 7591 §3.2.2) [REQ-05]', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => checkAnswer(await post(bytes))),
      { numRuns: 300 },
    )
  })

  it('changed in a good body are registered or refused (RFC 7591 §3.2.2) [REQ-05] [REQ-15]', async () => {
    const good = Buffer.from(
      '{"redirect_uris":["https://client.example/cb"],"client_name":"Ünï","jwks":{"keys":[]},"scope":"openid"}',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        async (changes) => {
          const bytes = Buffer.from(good)
          for (const [at, byte] of changes) bytes[at] = byte
          await checkAnswer(await post(bytes))
        },
      ),
      { numRuns: 400 },
    )
  })
})

describe('any text', () => {
  const printable = fc.string({
    unit: fc.integer({ min: 0x20, max: 0xff }).map((unit) => String.fromCharCode(unit)),
    maxLength: 80,
  })

  it('as the Authorization header never registers and is never a fault (RFC 6750 §3.1) [IAT-06]', async () => {
    const closed = setUpRegistration({ anonymous: false })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('', 'Bearer ', 'bearer cl_iat_', 'Bearer cl_iat_00000000001_', 'Basic '),
        printable,
        async (scheme, rest) => {
          const headers = { 'content-type': 'application/json', authorization: scheme + rest }
          const { status } = await closed.send('POST', '/register', {
            headers,
            body: '{"redirect_uris":["https://client.example/"]}',
          })
          expect([400, 401]).toContain(status)
        },
      ),
      { numRuns: 300 },
    )
    expect(closed.faults).toStrictEqual([])
  })

  it('as the client id of a configuration endpoint opens nothing and is never a fault (RFC 7592 §2) [CFG-04]', async () => {
    const client = await setup.register({ redirect_uris: ['https://client.example/'] })
    await fc.assert(
      fc.asyncProperty(
        fc.webPath({ size: 'small' }),
        printable,
        fc.constantFrom('GET', 'PUT', 'DELETE'),
        async (path, id, method) => {
          for (const address of [`/register${path}`, `/register/${encodeURIComponent(id)}`]) {
            const { status } = await setup.send(method, address, {
              token: client.body.registration_access_token,
            })
            expect([401, 404, 405]).toContain(status)
          }
        },
      ),
      { numRuns: 80 },
    )
    expect((await setup.read(client)).status).toBe(200)
  })
})

describe('what is registered', () => {
  it('is what is read, and put back it is the same again (RFC 7592 §2.2) [UP-21] [UP-27] [RSP-08]', async () => {
    let registered = 0
    await fc.assert(
      fc.asyncProperty(likelyMetadata, async (metadata) => {
        const client = await post(JSON.stringify(metadata))
        await checkAnswer(client)
        if (client.status !== 201) return
        registered++
        const information = (await setup.read(client)).body as JsonObject
        expect(information).toStrictEqual(client.body)
        const again = Object.fromEntries(
          Object.entries(information).filter(([member]) => !FORBIDDEN.includes(member)),
        )
        const updated = await setup.update(client, again)
        expect(updated.status).toBe(200)
        expect(updated.body).toStrictEqual(client.body)
        // Nothing was narrowed or inferred once more: the answer was the whole truth.
        expect((await setup.record(client))!.dropped).toStrictEqual([])
      }),
      { numRuns: 250 },
    )
    expect(registered).toBeGreaterThan(25)
  })

  it('as redirect URIs comes back byte for byte and is allowed at the authorization endpoint (OIDC Registration §2) [RU-11] [AZ-03]', async () => {
    await fc.assert(
      fc.asyncProperty(likelyMetadata, async (metadata) => {
        const client = await post(JSON.stringify(metadata))
        if (client.status !== 201) return
        expect(client.body.redirect_uris).toStrictEqual(metadata.redirect_uris)
        for (const uri of metadata.redirect_uris)
          expect(isRedirectUriAllowed(client.body.redirect_uris, uri)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})

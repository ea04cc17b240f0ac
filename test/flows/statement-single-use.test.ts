import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Answer } from '../harness/registration.ts'
import { type GatesServer, startGatesServer, WEB } from './gates-server.ts'
import { createTestIssuer, type TestIssuer } from './statement-issuer.ts'

/** Software statements that count once (RFC 7519 §4.1.7): spent by the client that they register, and by nothing else. */

let issuer: TestIssuer
let server: GatesServer

beforeAll(async () => {
  issuer = await createTestIssuer('https://once.example')
  server = await startGatesServer({
    registration: { anonymous: true },
    software_statements: {
      issuers: [{ issuer: issuer.issuer, jwks: issuer.jwks, single_use: true, expiry_required: true }],
    },
  })
})

afterAll(() => server.close())

const sign = (claims: object = {}) => issuer.sign({ jti: crypto.randomUUID(), ...claims })
const reasons = (answers: readonly Answer[]) =>
  answers.map(({ status, body }) => `${status} ${body.reason ?? ''}`.trim()).sort()
const repeat = (count: number, ask: () => Promise<Answer>) => Promise.all(Array.from({ length: count }, ask))

it('registers one client, however many ask at the same time', async () => {
  const software_statement = await sign()
  const answers = await repeat(20, () => server.register({ ...WEB, software_statement }))
  expect(reasons(answers)).toEqual(['201', ...Array(19).fill('400 software_statement.used')])
  for (const { status, body } of answers) {
    if (status !== 201) expect(body.error).toBe('invalid_software_statement')
  }
})

describe('is not used up by a request that', () => {
  it('asks for a client_id that is taken', async () => {
    const { token } = await server.operator.createInitialAccessToken({
      uses: null,
      expiresInSeconds: 60,
      permissions: ['oauth-client-override'],
    })
    const ask = (metadata: object) => server.register({ ...WEB, ...metadata }, `Bearer ${token}`)
    expect((await ask({ client_id: 'taken' })).status).toBe(201)
    const software_statement = await sign()
    const refused = await ask({ client_id: 'taken', software_statement })
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_client_metadata'])
    expect((await ask({ client_id: 'free', software_statement })).status).toBe(201)
  })

  it('loses the last use of its initial access token to another', async () => {
    const { token } = await server.operator.createInitialAccessToken({ uses: 1, expiresInSeconds: 60 })
    const statements = await Promise.all(Array.from({ length: 10 }, () => sign()))
    const answers = await Promise.all(
      statements.map((software_statement) =>
        server.register({ ...WEB, software_statement }, `Bearer ${token}`),
      ),
    )
    const lost = statements.filter((_, index) => answers[index]!.status === 401)
    expect(lost).toHaveLength(9)
    for (const software_statement of lost) {
      expect((await server.register({ ...WEB, software_statement })).status).toBe(201)
    }
  })

  it('loses the update to another (RFC 7592 §2.2)', async () => {
    const made = await server.register({ ...WEB, software_statement: await sign() })
    let lost: string[] = []
    // Until two of them meet.
    while (lost.length === 0) {
      const statements = await Promise.all(Array.from({ length: 10 }, () => sign()))
      const answers = await Promise.all(
        statements.map((software_statement) => server.manage('PUT', made, { body: { software_statement } })),
      )
      lost = statements.filter((_, index) => answers[index]!.status === 409)
      expect(answers.filter(({ status }) => status === 200).length + lost.length).toBe(10)
    }
    const again = await server.manage('PUT', made, { body: { software_statement: lost[0] } })
    expect(again.status).toBe(200)
    expect(again.body.software_statement).toBe(lost[0])
    const replayed = await server.register({ ...WEB, software_statement: lost[0] })
    expect(replayed.body.reason).toBe('software_statement.used')
  })
})

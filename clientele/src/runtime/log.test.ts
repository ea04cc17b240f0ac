import { expect, it } from 'vitest'
import { makeCredential } from '../clients/credential.ts'
import { createLog } from './log.ts'
import { redact } from './redact.ts'

function makeLog(level: 'info' | 'warn' = 'info') {
  const lines: string[] = []
  const log = createLog(level, { write: (line) => lines.push(line) })
  return { log, lines }
}

it('a line is one JSON object with level, time and message', () => {
  const { log, lines } = makeLog()
  log.info({ status: 201 }, 'request')
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0]!)).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    status: 201,
    msg: 'request',
  })
  expect(lines[0]).toMatch(/\n$/)
})

it('lines below the level are not written', () => {
  const { log, lines } = makeLog('warn')
  log.info({}, 'quiet')
  log.warn({}, 'loud')
  expect(lines).toHaveLength(1)
})

it.each([
  { authorization: 'Bearer SECRET' },
  { headers: { authorization: 'SECRET', cookie: 'SECRET', 'set-cookie': 'SECRET' } },
  { client_secret: 'SECRET' },
  { body: { registration_access_token: 'SECRET', password: 'SECRET', code: 'SECRET' } },
  { token: 'SECRET' },
  { a: { b: [{ c: { client_secret: 'SECRET' } }] } },
  { error: new Error('x', { cause: { authorization: 'SECRET' } }) },
])('the second net catches %j', (facts) => {
  const { log, lines } = makeLog()
  log.info(facts, 'slipped')
  expect(lines[0]).not.toContain('SECRET')
})

it('of an error only name, message, code, stack and causes are written, never what a library hangs on it', () => {
  const { log, lines } = makeLog()
  const cause = Object.assign(new Error('disk full'), { code: 'ENOSPC' })
  const error = Object.assign(new Error('no answer', { cause }), { request: { headers: 'SECRET' } })
  log.error({ error }, 'failed')
  expect(lines[0]).not.toContain('SECRET')
  expect(JSON.parse(lines[0]!).error).toMatchObject({
    name: 'Error',
    message: 'no answer',
    cause: { message: 'disk full', errorCode: 'ENOSPC' },
  })
})

it('the second net catches our credentials by their shape, wherever they stand', () => {
  const { log, lines } = makeLog()
  const token = makeCredential('cl_iat', 1)
  log.error({ path: `/x/${token}`, error: new Error(`no such ${token}`), list: [token] }, 'failed')
  expect(lines[0]).not.toContain(token)
  expect(lines[0]).toContain('/x/[redacted]')
})

it('a line without secrets is written as it is', () => {
  const facts = {
    status: 201,
    path: '/register',
    ms: 1.5,
    none: null,
    list: [1, 'a'],
    deep: { a: { b: true } },
  }
  expect(redact(facts)).toEqual(facts)
  const circle: Record<string, unknown> = {}
  circle.self = circle
  expect(() => redact(circle)).not.toThrow()
})

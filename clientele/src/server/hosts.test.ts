import { describe, expect, it } from 'vitest'
import { parseConfig } from './config.ts'
import { ConfigError } from './config-error.ts'
import { createHosts } from './hosts.ts'

const ISSUER = 'https://id.example'
const URL_OF_DATABASE = 'postgres://someone:hunter2@db.example/clientele'
const WHOLE = {
  server: { role: 'authorization', issuer: ISSUER, registration_url: 'https://register.example' },
  storage: { url: URL_OF_DATABASE },
}

describe('a server that is one of two hosts', () => {
  it.each(['registration', 'authorization'])('is the %s host and knows where both are', (role) => {
    const config = parseConfig({ ...WHOLE, server: { ...WHOLE.server, role } })
    expect(createHosts(config, ISSUER)).toEqual({
      issuer: ISSUER,
      registrationUrl: 'https://register.example',
      registers: role === 'registration',
      authorizes: role === 'authorization',
    })
  })

  it.each([
    ['storage.url', { ...WHOLE, storage: {} }, 'server.role', /SQLite database is one file for one server/],
    ['the issuer', without('issuer'), 'server.issuer', /address of the authorization host/],
    [
      'the registration host',
      without('registration_url'),
      'server.registration_url',
      /of the registration host/,
    ],
  ])('must be told %s', (_, settings, path, wrong) => {
    expect(problemsOf(settings)).toEqual([expect.objectContaining({ path })])
    expect(problemsOf(settings)[0]!.wrong).toMatch(wrong)
  })

  it('registers, if that is all that it does', () => {
    const settings = { ...WHOLE, server: { ...WHOLE.server, role: 'registration' } }
    expect(problemsOf({ ...settings, registration: { enabled: false } })).toEqual([
      expect.objectContaining({ path: 'registration.enabled' }),
    ])
  })
})

describe('a server that is both', () => {
  it('has one address, or two', () => {
    expect(createHosts(parseConfig({}), 'http://127.0.0.1:1')).toEqual({
      issuer: 'http://127.0.0.1:1',
      registrationUrl: 'http://127.0.0.1:1',
      registers: true,
      authorizes: true,
    })
    const config = parseConfig({ server: { registration_url: 'https://register.example/clients' } })
    expect(createHosts(config, ISSUER).registrationUrl).toBe('https://register.example/clients')
  })
})

it.each(['register.example', 'http://register.example', 'https://register.example/', 'https://r.example/?x'])(
  'registration_url cannot be %s, by the rules for issuers',
  (address) => {
    expect(problemsOf({ server: { registration_url: address } })).toEqual([
      expect.objectContaining({ path: 'server.registration_url' }),
    ])
  },
)

function without(key: 'issuer' | 'registration_url') {
  const { [key]: _, ...server } = WHOLE.server
  return { ...WHOLE, server }
}

function problemsOf(settings: Parameters<typeof parseConfig>[0]) {
  try {
    parseConfig(settings)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

import { expect, it } from 'vitest'
import { type ConfigInput, parseConfig } from './config.ts'
import { warnOfRisks } from './warn-of-risks.ts'

const PUBLIC = 'https://id.example.com'
const TLS = { certificate_file: 'c.pem', key_file: 'k.pem' }

function warnings(input: ConfigInput, issuer = PUBLIC): string {
  const said: string[] = []
  warnOfRisks(parseConfig(input), issuer, { warn: (_, message) => said.push(message) })
  return said.join('\n')
}

const IN_THE_CLEAR = 'other machines can send initial access tokens and API keys without TLS'

it('tokens and keys that other machines could send in the clear are warned about', () => {
  const server = { host: '0.0.0.0', issuer: PUBLIC }
  expect(warnings({ server })).toContain(IN_THE_CLEAR)
  expect(warnings({ server, initial_access_tokens: { enabled: false } })).toContain(IN_THE_CLEAR)
  expect(warnings({ server, api_keys: { enabled: false } })).toContain(IN_THE_CLEAR)
})

it.each<[string, ConfigInput]>([
  ['on a loopback address', { server: { issuer: PUBLIC } }],
  ['with TLS', { server: { host: '0.0.0.0', issuer: PUBLIC, tls: TLS } }],
  ['behind a declared proxy', { server: { host: '::', issuer: PUBLIC, trusted_proxies: ['10.0.0.1'] } }],
  ['with registration off', { server: { host: '::', issuer: PUBLIC }, registration: { enabled: false } }],
])('nothing is said %s', (_, input) => {
  expect(warnings(input)).toBe('')
})

it('an http issuer that is not this machine is one warning, not two', () => {
  const server = { host: '0.0.0.0', issuer: 'http://id.example.com', allow_insecure_issuer: true }
  expect(warnings({ server }, server.issuer)).toBe(
    'server.allow_insecure_issuer is true: credentials travel in the clear',
  )
})

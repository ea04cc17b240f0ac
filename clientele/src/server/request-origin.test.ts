import type { IncomingMessage } from 'node:http'
import { expect, it } from 'vitest'
import { parseConfig } from './config.ts'
import { createReadOrigin } from './request-origin.ts'

const PROXY = '10.0.0.7'
const settings = { trusted_proxies: ['10.0.0.0/8'], client_cert_header: true }

function request(from: string, headers: Readonly<Record<string, string>>): IncomingMessage {
  return {
    socket: { remoteAddress: from },
    headers: { ...headers },
    rawHeaders: Object.entries(headers).flatMap(([name, value]) => [name.toUpperCase(), value]),
  } as unknown as IncomingMessage
}

it.each([PROXY, '203.0.113.1'])(
  'the Client-Cert headers are taken out of a request from %s, so that nobody further in reads them (RFC 9440 §4)',
  (from) => {
    const read = createReadOrigin(parseConfig({ server: settings }))
    const asked = request(from, {
      host: 'x',
      'client-cert': ':AAAA:',
      accept: '*/*',
      'client-cert-chain': ':AAAA:',
    })
    read(asked)
    expect(asked.headers).toEqual({ host: 'x', accept: '*/*' })
    expect(asked.rawHeaders).toEqual(['HOST', 'x', 'ACCEPT', '*/*'])
  },
)

it('a chain without a certificate is taken out as well', () => {
  const asked = request(PROXY, { 'client-cert-chain': ':AAAA:' })
  expect(createReadOrigin(parseConfig({ server: settings }))(asked)).toEqual({ address: PROXY })
  expect(asked.headers).toEqual({})
  expect(asked.rawHeaders).toEqual([])
})

it('a request that has nothing of it is left as it is', () => {
  const asked = request('::ffff:203.0.113.1', { host: 'x' })
  expect(createReadOrigin(parseConfig({}))(asked)).toEqual({ address: '203.0.113.1' })
  expect(asked.rawHeaders).toEqual(['HOST', 'x'])
})

it('a forwarding header of an address that is no trusted proxy is warned about, once', () => {
  const warned: object[] = []
  const log = { warn: (facts: object) => warned.push(facts) }
  const read = createReadOrigin(parseConfig({ server: settings }), log)
  read(request(PROXY, { 'x-forwarded-for': '203.0.113.1' }))
  read(request('203.0.113.1', { host: 'x' }))
  expect(warned).toEqual([])
  read(request('203.0.113.1', { 'x-forwarded-for': '192.0.2.1' }))
  read(request('203.0.113.2', { forwarded: 'for=192.0.2.1' }))
  expect(warned).toEqual([{ peer: '203.0.113.1' }])
  createReadOrigin(parseConfig({}), log)(request('203.0.113.2', { forwarded: 'for=192.0.2.1' }))
  expect(warned).toHaveLength(2)
})

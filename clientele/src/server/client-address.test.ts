import { expect, it } from 'vitest'
import { createClientAddress, createProxyTest, isNetwork } from './client-address.ts'

it('without trusted proxies a forwarded address is never believed: it would defeat every throttle', () => {
  const addressOf = createClientAddress([])
  expect(addressOf('198.51.100.7', '203.0.113.1')).toBe('198.51.100.7')
  expect(addressOf(undefined, '203.0.113.1')).toBe('')
})

it('behind a trusted proxy the address that it saw counts, not what the sender wrote before it', () => {
  const addressOf = createClientAddress(['10.0.0.0/8', '::1'])
  expect(addressOf('10.1.2.3', '203.0.113.1')).toBe('203.0.113.1')
  expect(addressOf('10.1.2.3', '6.6.6.6, 203.0.113.1')).toBe('203.0.113.1')
  expect(addressOf('::1', '6.6.6.6, 203.0.113.1, 10.9.9.9')).toBe('203.0.113.1')
  expect(addressOf('::ffff:10.1.2.3', '203.0.113.1')).toBe('203.0.113.1')
})

it('behind a trusted proxy that forwards nothing usable, the proxy itself counts', () => {
  const addressOf = createClientAddress(['10.0.0.0/8'])
  expect(addressOf('10.1.2.3', undefined)).toBe('10.1.2.3')
  expect(addressOf('10.1.2.3', '')).toBe('10.1.2.3')
  expect(addressOf('10.1.2.3', '6.6.6.6, unknown')).toBe('10.1.2.3')
})

it('where every hop is a proxy of ours, the outermost one counts', () => {
  expect(createClientAddress(['10.0.0.0/8'])('10.1.2.3', '10.5.5.5, 10.6.6.6')).toBe('10.5.5.5')
})

it('a proxy is one of the operator however its address is written, and nobody else is', () => {
  const isProxy = createProxyTest(['10.0.0.0/8', 'fd00::/8', '::1'])
  for (const address of ['10.255.0.1', '::ffff:10.0.0.1', 'fd12::1', '::1', 'fd12::1%eth0'])
    expect(isProxy(address)).toBe(true)
  for (const address of ['11.0.0.1', '::ffff:11.0.0.1', 'fe80::1', '', 'localhost', '10.0.0.0/8'])
    expect(isProxy(address)).toBe(false)
})

it('networks are addresses with or without a prefix length', () => {
  for (const text of ['10.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8']) expect(isNetwork(text)).toBe(true)
  for (const text of ['', 'proxy', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0', 'fe80::1%eth0'])
    expect(isNetwork(text)).toBe(false)
})

it('ports and zones are no part of an address, however a proxy writes them', () => {
  const addressOf = createClientAddress(['10.0.0.0/8', 'fe80::/10'])
  expect(addressOf('10.1.2.3', '203.0.113.1:4711')).toBe('203.0.113.1')
  expect(addressOf('10.1.2.3', '[2001:db8::1]:4711')).toBe('2001:db8::1')
  expect(addressOf('fe80::1%eth0', '203.0.113.1')).toBe('203.0.113.1')
})

it('with the Forwarded header (RFC 7239 §4), the rightmost hop that is not a proxy of ours counts', () => {
  const addressOf = createClientAddress(['10.0.0.0/8'], 'forwarded')
  expect(addressOf('10.1.2.3', 'for=203.0.113.1')).toBe('203.0.113.1')
  expect(addressOf('10.1.2.3', 'For="[2001:db8:cafe::17]:4711";proto=https;by=10.1.2.3')).toBe(
    '2001:db8:cafe::17',
  )
  expect(addressOf('10.1.2.3', 'for=6.6.6.6, for=203.0.113.1;proto=http, for=10.9.9.9')).toBe('203.0.113.1')
  expect(addressOf('10.1.2.3', 'proto=https;for=203.0.113.1')).toBe('203.0.113.1')
  // A quoted comma does not begin another hop, and an obfuscated or unknown hop says nothing (§6.2, §6.3).
  expect(addressOf('10.1.2.3', 'for=203.0.113.1;by="a, for=6.6.6.6"')).toBe('203.0.113.1')
  expect(addressOf('10.1.2.3', 'for=6.6.6.6, for=_hidden')).toBe('10.1.2.3')
  expect(addressOf('10.1.2.3', 'for=6.6.6.6, for=unknown')).toBe('10.1.2.3')
  expect(addressOf('10.1.2.3', 'for=6.6.6.6, host=x')).toBe('10.1.2.3')
  expect(addressOf('203.0.113.9', 'for=6.6.6.6')).toBe('203.0.113.9')
})

it('what a quoted value holds is no hop, and an element that is malformed says nothing (RFC 7239 §4)', () => {
  const addressOf = createClientAddress(['10.0.0.0/8'], 'forwarded')
  expect(addressOf('10.1.2.3', 'proto=https;host="x;for=6.6.6.6";for=203.0.113.1')).toBe('203.0.113.1')
  expect(addressOf('10.1.2.3', 'host="x;for=6.6.6.6";for="[2001:db8::1]:99"')).toBe('2001:db8::1')
  expect(addressOf('10.1.2.3', 'host="a\\";for=6.6.6.6;x=\\"";for=203.0.113.1')).toBe('203.0.113.1')
  expect(addressOf('10.1.2.3', ';for=203.0.113.1; ;proto=http;')).toBe('203.0.113.1')
  for (const forged of ['for=6.6.6.6;x="', 'for=6.6.6.6;x="a\\', 'for=6.6.6.6;x', 'for=6.6.6.6;"'])
    for (const written of ['for=203.0.113.1', 'for="[2001:db8::1]"', 'for=203.0.113.1;host="a";by="b"'])
      expect(addressOf('10.1.2.3', `${forged}, ${written}`), forged + written).not.toBe('6.6.6.6')
  expect(addressOf('10.1.2.3', 'for=6.6.6.6;for=203.0.113.1')).toBe('10.1.2.3')
})

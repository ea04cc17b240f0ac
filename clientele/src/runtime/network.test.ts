import { expect, it } from 'vitest'
import { parseNetwork } from './network.ts'

it.each([
  ['10.0.0.0/8', '10.255.0.1', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['10.0.0.0/8', '::ffff:10.0.0.1', true],
  ['192.0.2.1', '192.0.2.1', true],
  ['192.0.2.1', '192.0.2.2', false],
  ['2001:db8::/32', '2001:db8:1::5', true],
  ['2001:db8::/32', '10.0.0.1', false],
  ['::ffff:10.0.0.0/104', '10.9.9.9', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['10.0.0.0/8', '', false],
  ['10.0.0.0/8', 'not an address', false],
])('the network %s has the address %s: %s', (network, address, expected) => {
  expect(parseNetwork(network)!(address)).toBe(expected)
})

it.each([
  '',
  '10.0.0.0/33',
  '::/129',
  '10.1',
  '0x0a.0.0.1',
  '10.0.0.0/8/8',
  'example.com',
  'fe80::1%eth0',
  '10.0.0.0/-1',
  '10.0.0.0/',
])('%j is no network', (text) => {
  expect(parseNetwork(text)).toBeUndefined()
})

import { expect, it } from 'vitest'
import { isBroadNetwork } from './broad-network.ts'

it('networks that hold strangers for certain are broad, private ones never', () => {
  for (const text of ['0.0.0.0/1', '128.0.0.0/1', '10.0.0.0/7', '::/1', '2000::/3', '2a00::/12', 'fc00::/6'])
    expect(isBroadNetwork(text), text).toBe(true)
  for (const text of ['::ffff:0:0/96', '::/64', '::ffff:128.0.0.0/97', '::ffff:10.0.0.0/103'])
    expect(isBroadNetwork(text), text).toBe(true)
  for (const text of [
    '10.0.0.0/8',
    '203.0.113.7',
    '2001:db8::/32',
    '2a00::/16',
    '::1',
    '::ffff:10.0.0.0/104',
  ])
    expect(isBroadNetwork(text), text).toBe(false)
  for (const text of ['fc00::/7', 'fd00::/8', 'fe80::/10']) expect(isBroadNetwork(text), text).toBe(false)
})

import { expect, test } from 'vitest'
import { returnAddress } from './return-address.ts'

test.each([
  ['https://client.example/callback?x=1', 'web', 'client.example'],
  ['https://client.example:8443/callback', 'web', 'client.example:8443'],
  ['https://xn--pple-43d.example/', 'web', 'xn--pple-43d.example'],
  ['http://127.0.0.1:33418/', 'loopback', '127.0.0.1'],
  ['http://[::1]:7/callback', 'loopback', '[::1]'],
  ['http://localhost/callback', 'loopback', 'localhost'],
  ['cursor://anysphere.cursor-mcp/oauth/callback', 'private-use', 'cursor:'],
  ['com.example.app:/callback', 'private-use', 'com.example.app:'],
  [undefined, 'device', ''],
])('%s is shown as %s, %s (RFC 8252 §7)', (redirectUri, kind, where) => {
  expect(returnAddress(redirectUri)).toEqual({ kind, where })
})

import { expect, it } from 'vitest'
import { CREDENTIAL_PREFIXES, makeCredential } from './credential.ts'
import { isReservedClientId } from './reserved-client-id.ts'
import { isUnregisteredId } from './unregistered-id.ts'

const RESERVED: readonly (readonly [string, string])[] = [
  ['the form of the server’s own ids', '018f0000-0000-7000-8000-000000000000'],
  ['an address', 'https://claude.ai/oauth/client.json'],
  ['an address without its slashes', 'HTTPS:claude.ai'],
  ['an address of a private scheme', 'custom://x'],
  ['what begins like a credential', 'cl_sec_foo'],
  ['a JWT', 'eyJhbGciOiJub25lIn0.e30.'],
  ['a step in a path', '..'],
  ['a way out of the path', '../register'],
  ['a way out from within', 'a/../../token'],
  ['the same for who takes either slash', '..\\register'],
  ...Object.values(CREDENTIAL_PREFIXES).map((prefix) => [prefix, makeCredential(prefix, 7)] as const),
]

it.each(RESERVED)('%s is nobody’s client id, registered or not', (_, id) => {
  expect(isReservedClientId(id)).toBe(true)
  expect(isUnregisteredId(id)).toBe(false)
})

it.each(['my-app', 'com.example.mail', 'v1..2', 'team/app', '.hidden', 'urn:example:app', 'eye.of.horus'])(
  'an ordinary id is free: %s',
  (id) => {
    expect(isReservedClientId(id)).toBe(false)
  },
)

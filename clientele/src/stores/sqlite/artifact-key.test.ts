import { describe, expect, it } from 'vitest'
import { decodeKey, encodeKey } from '../../clients/credential.ts'
import { artifactKey } from './artifact-key.ts'

describe('the integer of an artifact', () => {
  it('is made of its id and the place of its kind, which databases out there rely on', () => {
    const kinds = [
      'AccessToken',
      'AuthorizationCode',
      'BackchannelAuthenticationRequest',
      'ClientCredentials',
      'DeviceCode',
      'Grant',
      'Interaction',
      'PushedAuthorizationRequest',
      'RefreshToken',
      'ReplayDetection',
      'Session',
    ]
    expect(kinds.map((kind) => artifactKey(kind, encodeKey(1)))).toEqual(
      kinds.map((_, place) => 64n + BigInt(place)),
    )
  })

  it('grows with the id, up to the largest key, which SQLite still holds', () => {
    const largest = encodeKey(Number.MAX_SAFE_INTEGER)
    expect(artifactKey('Session', largest)).toBe(2n ** 53n * 64n - 64n + 10n)
    expect(artifactKey('AccessToken', encodeKey(2))! > artifactKey('Session', encodeKey(1))!).toBe(true)
    expect(artifactKey('Session', largest)! < 2n ** 63n).toBe(true)
  })

  it('does not exist for other kinds and other ids', () => {
    expect(artifactKey('SomethingNew', encodeKey(1))).toBe(undefined)
    for (const id of ['', 'short', 'ABCDEFGHIJK', 'zzzzzzzzzzz', ' 0000000001', '000000000001']) {
      expect([id, decodeKey(id), artifactKey('Session', id)]).toEqual([id, undefined, undefined])
    }
  })
})

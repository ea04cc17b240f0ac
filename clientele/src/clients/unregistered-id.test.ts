import { describe, expect, it } from 'vitest'
import { createKeys, uuidFromKey } from '../runtime/time-ordered.ts'
import { CREDENTIAL_PREFIXES, makeCredential } from './credential.ts'
import { isUnregisteredId } from './unregistered-id.ts'

describe('the id of a client that nobody registered', () => {
  it('is short and printable (RFC 6749 appendix A.1)', () => {
    for (const id of ['my-app', 'Thunderbird', 'com.example.mail', 'a', '1234-abc.apps.example.com'])
      expect(isUnregisteredId(id), id).toBe(true)
    for (const id of ['', 'two words', 'a'.repeat(129), 'tab\t', 'nul\0', 'Gооgle', '\u202eppa'])
      expect(isUnregisteredId(id), id).toBe(false)
  })

  it('is none that the server gives out, in whatever case: those are registered or dead', () => {
    const ours = uuidFromKey(createKeys({ milliseconds: () => Date.UTC(2026, 1, 1) }).next())
    for (const id of [ours, ours.toUpperCase(), '018f0000-0000-7000-8000-000000000000'])
      expect(isUnregisteredId(id), id).toBe(false)
  })

  it('is no address, which would be read as that of a metadata document', () => {
    for (const id of ['https://claude.ai/oauth/client.json', 'HTTP://a', 'app://host']) {
      expect(isUnregisteredId(id), id).toBe(false)
    }
  })

  it('is nothing that looks like a credential', () => {
    const ours = Object.values(CREDENTIAL_PREFIXES).map((prefix) => makeCredential(prefix, 7))
    for (const id of [...ours, 'cl_sec_short', 'eyJhbGciOiJub25lIn0.e30.', 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln'])
      expect(isUnregisteredId(id), id).toBe(false)
  })
})

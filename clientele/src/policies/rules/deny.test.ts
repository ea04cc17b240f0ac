import { describe, expect, it } from 'vitest'
import type { CompleteMetadata } from '../../oauth/client-metadata.ts'
import { METADATA_FIELDS } from '../../oauth/metadata-fields.ts'
import type { Facts } from '../policy.ts'
import type { CompileContext } from '../section.ts'
import { deny } from './deny.ts'

const CONTEXT = { fields: METADATA_FIELDS } as CompileContext
const METADATA = {
  application_type: 'native',
  grant_types: ['authorization_code', 'refresh_token'],
  scope: 'openid admin.read',
  'client_name#de': 'Acme Bank',
  default_max_age: 60,
} as unknown as CompleteMetadata

const denies = (when: object, operation: Facts['operation']) => {
  const facts = { operation, caller: { gate: 'open' }, permissions: [], address: '192.0.2.1', claimed: {} }
  const { granted = [] } = deny.compile(deny.schema.parse([{ when, because: 'Nobody.' }]), CONTEXT)
  return granted.map((rule) => rule.decide(METADATA, facts as unknown as Facts))
}

describe.each(['register', 'update'] as const)('[[deny]] at the operation %s', (operation) => {
  it.each([
    [{}, true],
    [{ members: { application_type: 'native' } }, true],
    [{ members: { application_type: 'web' } }, false],
    [{ members: { grant_types: 'refresh_token' } }, true],
    [{ members: { grant_types: ['client_credentials', 'refresh_token'] } }, true],
    [{ members: { scope: 'admin.*' } }, true],
    [{ members: { scope: 'admin' } }, false],
    [{ members: { client_name: '*Bank' } }, true],
    [{ members: { client_name: '*a*me bANK' } }, true],
    [{ members: { default_max_age: 60 } }, true],
    [{ members: { default_max_age: '60' } }, false],
    [{ members: { application_type: 'native', scope: 'other' } }, false],
    [{ gates: ['open'], members: { application_type: 'native' } }, true],
    [{ gates: ['api_key'], members: { application_type: 'native' } }, false],
    [{ networks: ['192.0.2.0/24'] }, true],
  ])('%j: %s', (when, expected) => {
    const denial = { kind: 'deny', reason: 'denied', because: 'Nobody.' }
    expect(denies(when, operation)).toEqual([expected ? [denial] : []])
  })
})

it('a denial of a member that there is not is an error, and one of everything is warned of', () => {
  const faults = (when: object) => deny.findFaults!(deny.schema.parse([{ when, because: 'x' }]), CONTEXT)
  expect(faults({ members: { clientname: 'x' } })).toMatchObject([
    { severity: 'error', path: '0.when.members.clientname' },
  ])
  expect(faults({})).toMatchObject([{ severity: 'warning', path: '0.when' }])
  expect(faults({ gates: ['open'] })).toEqual([])
})

import { describe, expect, it } from 'vitest'
import { appliesTo, type Conditions, conditionsSchema } from './conditions.ts'
import type { Situation } from './policy.ts'

const SITUATION: Situation = {
  caller: {
    gate: 'api_key',
    id: '01J8',
    claims: { tenant: 'acme', groups: ['dev', 'ops'], level: 3 },
    certificate: {
      subject: 'CN=ci,O=Acme',
      issuer: 'CN=CA',
      subjectAltNames: [],
      thumbprint: 'x',
      notBefore: 0,
      notAfter: 1,
    },
  },
  permissions: ['authenticate'],
  address: '10.1.2.3',
  vouched: {
    issuer: 'https://directory.example',
    statement: 'x',
    metadata: { software_id: '4NRB1-0XZABZI9E6-5SM3R' },
  },
  claimed: { software_id: 'my-own-word' },
}
const { vouched: _, ...UNVOUCHED } = SITUATION

describe('[when]', () => {
  it.each<[Conditions, boolean]>([
    [{}, true],
    [{ gates: ['open', 'api_key'] }, true],
    [{ gates: ['open'] }, false],
    [{ callers: ['api_key:01J*'] }, true],
    [{ callers: ['api_key:01K*'] }, false],
    [{ permissions: ['oauth-client-override', 'authenticate'] }, true],
    [{ permissions: ['oauth-client-override'] }, false],
    [{ claims: [{ claim: 'tenant', equals: 'acme' }] }, true],
    [{ claims: [{ claim: 'level', equals: '3' }] }, false],
    [{ claims: [{ claim: 'groups', contains: 'ops' }] }, true],
    [
      {
        claims: [
          { claim: 'tenant', equals: 'acme' },
          { claim: 'level', equals: 4 },
        ],
      },
      false,
    ],
    [{ claims: [{ claim: 'toString', equals: 'acme' }] }, false],
    [{ certificate_subjects: ['*O=Acme*'] }, true],
    [{ certificate_subjects: ['O=Acme'] }, false],
    [{ software_ids: ['4NRB1-*'] }, true],
    [{ claimed_software_ids: ['4NRB1-*'] }, false],
    [{ claimed_software_ids: ['my-own-word'] }, true],
    [{ statement_issuers: ['https://directory.example'] }, true],
    [{ statement_issuers: ['https://directory.example/'] }, false],
    [{ networks: ['192.0.2.0/24', '10.0.0.0/8'] }, true],
    [{ networks: ['::ffff:10.0.0.0/104'] }, true],
    [{ networks: ['10.1.2.4'] }, false],
    [{ gates: ['api_key'], networks: ['192.0.2.0/24'] }, false],
  ])('%j holds or not: %s', (when, expected) => {
    expect(appliesTo(conditionsSchema.parse(when))(SITUATION)).toBe(expected)
  })

  it('takes what a client says of itself for no software statement', () => {
    const claiming = { ...UNVOUCHED, claimed: { software_id: '4NRB1-1' } }
    expect(appliesTo({ software_ids: ['*'] })(claiming)).toBe(false)
    expect(appliesTo({ statement_issuers: ['https://directory.example'] })(claiming)).toBe(false)
  })

  it('does not hold for what is not there, whatever the glob', () => {
    const nobody = { caller: { gate: 'open' }, permissions: [], address: '', claimed: {} }
    for (const when of [
      { certificate_subjects: ['*'] },
      { software_ids: ['*'] },
      { claimed_software_ids: ['*'] },
      { networks: ['0.0.0.0/0', '::/0'] },
    ]) {
      expect(appliesTo(when)(nobody)).toBe(false)
    }
  })

  it.each([
    { networks: ['10.0.0.0/33'] },
    { networks: ['example.com'] },
    { networks: ['10.1'] },
    { gates: [] },
    { claims: [{ claim: 'tenant' }] },
    { permissions: ['everything'] },
    { gate: ['open'] },
  ])('refuses %j', (when) => {
    expect(conditionsSchema.safeParse(when).success).toBe(false)
  })
})

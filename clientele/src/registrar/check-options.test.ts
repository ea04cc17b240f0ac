import { expect, it } from 'vitest'
import { openGate } from '../gates/open.ts'
import { definePolicy } from '../policies/policy-definition.ts'
import { createMemoryStore } from '../stores/memory.ts'
import { createRegistrar } from './create-registrar.ts'
import type { RegistrarOptions } from './options.ts'
import { type OptionProblem, RegistrarOptionsError } from './options-error.ts'

const GOOD = {
  issuer: 'https://id.example.com',
  store: createMemoryStore(),
  gates: [openGate()],
  sealingKey: new Uint8Array(32),
}

function problemsOf(override: object): readonly OptionProblem[] {
  try {
    createRegistrar({ ...GOOD, ...override } as RegistrarOptions)
    return []
  } catch (error) {
    if (error instanceof RegistrarOptionsError) return error.problems
    throw error
  }
}

it.each([
  [{ issuer: undefined }, 'issuer', /missing/],
  [{ issuer: 'id.example.com' }, 'issuer', /absolute https/],
  [{ issuer: 'http://id.example.com' }, 'issuer', /https:\/\/.*allowInsecureIssuer: true/],
  [{ issuer: 'https://id.example.com/?x' }, 'issuer', /query/],
  [{ registrationEndpoint: '/connect/:dcr' }, 'registrationEndpoint', /":"/],
  [{ registrationEndpoint: '/a b' }, 'registrationEndpoint', /written as/],
  [{ registrationEndpoint: 'connect/dcr' }, 'registrationEndpoint', /absolute/],
  [{ registrationEndpoint: 'https://id.example.com' }, 'registrationEndpoint', /path/],
  [{ store: {} }, 'store', /cannot be used/],
  [{ gates: [] }, 'gates', /cannot be used/],
  [{ gates: [openGate] }, 'gates', /cannot be used/],
  [{ gates: [{ ...openGate(), name: undefined }] }, 'gates', /cannot be used/],
  [{ gates: [{ ...openGate(), name: '' }] }, 'gates', /cannot be used/],
  [{ sealingKey: new Uint8Array(16) }, 'sealingKey', /cannot be used/],
  [{ sealingKey: 'secret' }, 'sealingKey', /cannot be used/],
  [{ limits: { bodyBytes: 1 } }, 'limits.bodyBytes', /cannot be used/],
  [{ limits: { failures: { perAddress: 0, windowSeconds: 1 } } }, 'limits.failures', /cannot be used/],
  [{ capabilities: { scopes: 'openid' } }, 'capabilities.scopes', /cannot be used/],
  [{ capabilities: { scopes: ['a b'] } }, 'capabilities.scopes', /cannot be used/],
  [{ capabilities: { scopes: [''] } }, 'capabilities.scopes', /cannot be used/],
  [{ capabilities: { scopes: ['a"b'] } }, 'capabilities.scopes', /cannot be used/],
  [{ capabilities: { grantTypes: [] } }, 'capabilities.grantTypes', /cannot be used/],
  [{ capabilities: { authMethods: [] } }, 'capabilities.authMethods', /cannot be used/],
  [{ capabilities: { grantTypes: [''] } }, 'capabilities.grantTypes', /cannot be used/],
  [{ capabilities: { defaultScopes: ['notes'] } }, 'capabilities.defaultScopes', /"notes".*not in scopes/],
  [
    { capabilities: { scopes: ['openid'], defaultScopes: ['openid', 'x'] } },
    'capabilities.defaultScopes',
    /"x".*not in scopes/,
  ],
  [
    { capabilities: { privilegedScopes: ['openid'], defaultScopes: ['openid'] } },
    'capabilities.defaultScopes',
    /privileged/,
  ],
  [{ capabilities: { responseTypes: [] } }, 'capabilities.responseTypes', /must have code/],
  [{ capabilities: { lifetimes: {} } }, 'capabilities.lifetimes', /cannot be used/],
  [{ capabilities: { lifetimes: { accessToken: 'x' } } }, 'capabilities.lifetimes', /cannot be used/],
  [{ generators: { clientId: 'x' } }, 'generators.clientId', /cannot be used/],
  [{ clientSecretLifetimeSeconds: -1 }, 'clientSecretLifetimeSeconds', /cannot be used/],
  [{ instance: 256 }, 'instance', /cannot be used/],
  [{ onEvent: {} }, 'onEvent', /cannot be used/],
  [{ defaultPolicy: 'machin' }, 'defaultPolicy', /no policy and no preset/],
  [{ policies: [{}] }, 'policies[0].name', /missing/],
  [{ policies: [definePolicy({ name: 'a' }), definePolicy({ name: 'a' })] }, 'policies[1].name', /already/],
  [{ policies: [{ name: 'a', redirect_uris: { hosts: 7 } }] }, 'policies[0].redirect_uris.hosts', /./],
])('%o is refused with the option and the reason', (override, option, wrong) => {
  const problems = problemsOf(override)
  expect(problems.map((problem) => problem.option)).toContain(option)
  expect(problems.find((problem) => problem.option === option)?.wrong).toMatch(wrong)
})

it('names every problem at once, and the nearest name of an unknown option', () => {
  const problems = problemsOf({
    isuer: 'x',
    issuer: undefined,
    sealingKey: 'my secret key',
    limits: { bodybytes: 1 },
  })
  expect(problems).toContainEqual({ option: 'isuer', wrong: 'is not known', nearest: 'issuer' })
  expect(problems).toContainEqual({ option: 'limits.bodybytes', wrong: 'is not known', nearest: 'bodyBytes' })
  expect(problems.map(({ option }) => option)).toEqual(expect.arrayContaining(['issuer', 'sealingKey']))
  const message = new RegistrarOptionsError(problems).message
  expect(message).toContain('sealingKey cannot be used; allowed is 32 random bytes')
  expect(message).not.toContain('my secret key')
})

it('lets an http issuer stand on a loopback address, or where the program says so', () => {
  expect(problemsOf({ issuer: 'http://localhost:3000' })).toEqual([])
  expect(problemsOf({ issuer: 'http://auth.internal', allowInsecureIssuer: true })).toEqual([])
})

it('refuses what is no object at all', () => {
  expect(() => createRegistrar(undefined as never)).toThrow(RegistrarOptionsError)
})

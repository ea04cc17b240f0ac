import { expect, it } from 'vitest'
import { defaultIssuer, findIssuerFault } from './issuer.ts'

it.each([
  'https://id.example.com',
  'https://id.example.com:8443',
  'https://id.example.com/tenant',
  'https://id.example.com/a/b',
  'http://127.0.0.1:7591',
  'http://localhost:7591',
  'http://[::1]:7591',
])('%s can be an issuer (RFC 8414 §2)', (issuer) => {
  expect(findIssuerFault(issuer, false)).toBeUndefined()
})

it.each([
  ['id.example.com', /absolute/],
  ['/tenant', /absolute/],
  ['ftp://id.example.com', /absolute/],
  ['https:id.example.com', /absolute/],
  ['https://id.example.com?x=1', /query/],
  ['https://id.example.com/?', /query/],
  ['https://id.example.com#x', /fragment/],
  ['https://id.example.com/#', /fragment/],
  ['https://user:pass@id.example.com', /user name/],
  ['https://id.example.com/', /written as https:\/\/id\.example\.com$/],
  ['https://id.example.com/tenant/', /written as https:\/\/id\.example\.com\/tenant$/],
  ['https://ID.example.com', /written as/],
  ['https://id.example.com:443', /written as https:\/\/id\.example\.com$/],
  ['https://id.example.com/a/../b', /written as https:\/\/id\.example\.com\/b$/],
  ['https://id.example.com/caf%C3%A9', /in its path/],
  ['https://id.example.com/:tenant', /in its path/],
  ['https://id.example.com/*', /in its path/],
  ['https://id.example.com/a;b', /in its path/],
  [' https://id.example.com', /absolute|written as/],
  ['http://id.example.com', /https/],
  ['http://127.0.0.1.example.com', /https/],
  ['http://10.0.0.1', /https/],
])('%s cannot be an issuer (RFC 8414 §2)', (issuer, fault) => {
  expect(findIssuerFault(issuer, false)).toMatch(fault)
})

it('an http issuer elsewhere needs the switch, and the other rules still hold', () => {
  expect(findIssuerFault('http://id.example.com', true)).toBeUndefined()
  expect(findIssuerFault('http://id.example.com/?x', true)).toMatch(/query/)
})

it('the default issuer is an address that reaches this machine', () => {
  expect(defaultIssuer('127.0.0.1', 7591)).toBe('http://127.0.0.1:7591')
  expect(defaultIssuer('0.0.0.0', 7591)).toBe('http://127.0.0.1:7591')
  expect(defaultIssuer('::1', 7591)).toBe('http://[::1]:7591')
  expect(defaultIssuer('localhost', 7591)).toBe('http://localhost:7591')
})
